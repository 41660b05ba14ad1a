/** The number in a field that must be given. */
export function formNumber(form: FormData, name: string): number {
  return Number(formText(form, name));
}

/** What was typed into a field; empty where there is no such field. */
export function formText(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}
