/** A parameter, a tag or the like as it is shown; `number` writes numbers. What is not there is a dash. */
export function valueText(value: unknown, number: (value: number) => string): string {
  if (value === undefined) return "–";
  if (typeof value === "number") return number(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}
