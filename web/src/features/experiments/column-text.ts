/** A column of the table of runs, as the language of filters writes it: `metrics."train/loss"`, `created_at`. */
const PLACES = ["metrics", "params", "tags"] as const;
type Place = (typeof PLACES)[number];

export interface RunColumn {
  place: Place;
  name: string;
}

export function columnText({ place, name }: RunColumn): string {
  return /^\w[\w./-]*$/.test(name) ? `${place}.${name}` : `${place}.${JSON.stringify(name)}`;
}

/** What `columnText` wrote; undefined for anything else. */
export function readColumn(text: string): RunColumn | undefined {
  const place = PLACES.find((each) => text.startsWith(`${each}.`));
  if (!place) return undefined;
  const written = text.slice(place.length + 1);
  if (!written.startsWith('"')) return { place, name: written };
  try {
    const name: unknown = JSON.parse(written);
    return typeof name === "string" ? { place, name } : undefined;
  } catch {
    return undefined;
  }
}

/** The next order of a column: ascending, descending, none. */
export function nextSort(sort: string, column: string): string {
  if (sort === column) return `${column} desc`;
  return sort === `${column} desc` ? "" : column;
}
