/** An order in the language of filters, without its direction. */
export function ascending(sort: string): string {
  return sort.replace(/ desc$/, "");
}

/** From an order of the language of filters, `metrics.loss desc`, to one of a table, `-metrics.loss`, and back. */
export function turned(sort: string): string {
  if (sort.startsWith("-")) return `${sort.slice(1)} desc`;
  return sort.endsWith(" desc") ? `-${ascending(sort)}` : sort;
}
