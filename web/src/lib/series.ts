/** A metric over its steps, in ascending order. */
export interface Series {
  name: string;
  steps: number[];
  /** NaN and infinities among them. */
  values: number[];
  /** Seconds since the epoch. */
  times: number[];
}

/** As the platform sends it: what is not finite arrives as "NaN", "Infinity" or "-Infinity". */
export interface SentSeries {
  name: string;
  steps: readonly number[];
  values: readonly (number | string)[];
  times: readonly number[];
}

export function received(sent: SentSeries): Series {
  return { name: sent.name, steps: [...sent.steps], values: sent.values.map(Number), times: [...sent.times] };
}

/** `later` begins after the last step of `earlier`. */
export function joined(earlier: Series, later: Series): Series {
  if (later.steps.length === 0) return earlier;
  return {
    name: earlier.name,
    steps: [...earlier.steps, ...later.steps],
    values: [...earlier.values, ...later.values],
    times: [...earlier.times, ...later.times],
  };
}

/** Only the points whose step is greater than `step`. */
export function since(series: Series, step: number): Series {
  const from = series.steps.findIndex((each) => each > step);
  if (from < 0) return { name: series.name, steps: [], values: [], times: [] };
  const { name, steps, values, times } = series;
  return { name, steps: steps.slice(from), values: values.slice(from), times: times.slice(from) };
}
