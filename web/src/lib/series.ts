/** A metric over its steps, in ascending order. */
export interface Series {
  name: string;
  steps: number[];
  /** NaN and infinities among them. */
  values: number[];
}

/** As the platform sends it: what is not finite arrives as "NaN", "Infinity" or "-Infinity". */
export interface SentSeries {
  name: string;
  steps: readonly number[];
  values: readonly (number | string)[];
}

export function received(sent: SentSeries): Series {
  return { name: sent.name, steps: [...sent.steps], values: sent.values.map(Number) };
}

/** `later` begins after the last step of `earlier`. */
export function joined(earlier: Series, later: Series): Series {
  if (later.steps.length === 0) return earlier;
  return {
    name: earlier.name,
    steps: [...earlier.steps, ...later.steps],
    values: [...earlier.values, ...later.values],
  };
}
