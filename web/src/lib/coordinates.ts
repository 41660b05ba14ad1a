/** Parallel coordinates: each axis is a quantity, each row a line across them (Inselberg 1985). */
export interface Axis {
  name: string;
  /** Where a value is, from 0 (bottom) to 1 (top); null where the row has none. */
  place: (value: unknown) => number | null;
  /** What stands at the bottom and at the top: numbers; for words, all of them from the bottom. */
  ends: readonly (string | number)[];
}

/** An axis for what `values` hold: numbers by size, by their logarithm where they span much; anything else by word. */
export function axisOf(name: string, values: readonly unknown[]): Axis {
  const known = values.filter((value) => value !== undefined && value !== null);
  const numbers = known.filter((value): value is number => typeof value === "number" && Number.isFinite(value));
  if (numbers.length === known.length && numbers.length > 0) return numeric(name, numbers);
  const words = [...new Set(known.map(word))].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const last = Math.max(1, words.length - 1);
  return {
    name,
    ends: words,
    place: (value) => {
      const at = value === undefined || value === null ? -1 : words.indexOf(word(value));
      return at < 0 ? null : words.length === 1 ? 0.5 : at / last;
    },
  };
}

/** How many times the least the greatest must be for a logarithmic axis. */
const WIDE = 100;

function numeric(name: string, numbers: readonly number[]): Axis {
  const least = numbers.reduce((a, b) => Math.min(a, b));
  const most = numbers.reduce((a, b) => Math.max(a, b));
  const scale = least > 0 && most / least >= WIDE ? Math.log : (value: number) => value;
  const span = scale(most) - scale(least);
  return {
    name,
    ends: least === most ? [least] : [least, most],
    place: (value) => {
      if (typeof value !== "number" || !Number.isFinite(value)) return null;
      return span === 0 ? 0.5 : (scale(value) - scale(least)) / span;
    },
  };
}

function word(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
