/** Those of `known` that an address names, as a list or as one. */
export function readWords<T extends string>(given: unknown, known: readonly T[]): T[] {
  const named: unknown[] = Array.isArray(given) ? given : [given];
  return known.filter((each) => named.includes(each));
}
