/** A list that is narrowed by a part of a name; a part of the address, so that a link shows the same. */
export interface NameSearch {
  name?: string;
}

export function readNameSearch(search: Readonly<Record<string, unknown>>): NameSearch {
  const name = typeof search["name"] === "string" ? search["name"].trim() : "";
  return name ? { name } : {};
}
