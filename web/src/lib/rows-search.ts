import { type NameSearch, readNameSearch } from "./name-search";

/** What is shown of a list that the page holds as a whole; a part of the address, so that a link shows the same. */
export interface RowsSearch extends NameSearch {
  /** A key of what the rows can be sorted by, with a minus where the order is turned around. */
  sort?: string;
}

/** Reads an address; what is not known is left out. */
export function readRowsSearch(sorts: readonly string[]) {
  return (search: Readonly<Record<string, unknown>>): RowsSearch => {
    const sort = sorts.flatMap((each) => [each, `-${each}`]).find((each) => each === search["sort"]);
    return { ...readNameSearch(search), ...(sort && { sort }) };
  };
}

/** What a list can be sorted by: texts are compared as the browser's language does, numbers by size. */
export type SortValues<T> = Readonly<Record<string, (row: T) => string | number>>;

/** Those of `rows` in whose `words` the name is found, in capitals or not, sorted; else in the order they came in. */
export function shownRows<T>(
  rows: readonly T[],
  { name = "", sort = "" }: RowsSearch,
  words: (row: T) => string,
  values: SortValues<T>,
): T[] {
  const sought = name.toLowerCase();
  const found = rows.filter((row) => words(row).toLowerCase().includes(sought));
  const value = values[sort.replace(/^-/, "")];
  if (!value) return found;
  const sign = sort.startsWith("-") ? -1 : 1;
  return found.sort((one, other) => sign * compared(value(one), value(other)));
}

function compared(one: string | number, other: string | number): number {
  if (typeof one === "number" && typeof other === "number") return one - other;
  return String(one).localeCompare(String(other));
}
