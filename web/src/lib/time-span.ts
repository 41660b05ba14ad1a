import type { Series } from "./series";

/** How far back charts over time reach, in seconds. */
export const TIME_SPANS = { hour: 3600, hours: 6 * 3600, day: 86_400, week: 7 * 86_400, month: 30 * 86_400 } as const;

export type TimeSpan = keyof typeof TIME_SPANS;

/** As search parameters of an address: an hour is not said. */
export interface SpanSearch {
  span?: TimeSpan;
}

export function readSpanSearch(search: Readonly<Record<string, unknown>>): SpanSearch {
  const span = (Object.keys(TIME_SPANS) as TimeSpan[]).find((each) => each === search["span"]);
  return span && span !== "hour" ? { span } : {};
}

/** The moment at which a span that ends now begins. */
export function beginning(span: TimeSpan, now: number): string {
  return new Date(now - TIME_SPANS[span] * 1000).toISOString();
}

/**
 * Values at moments that are `step` seconds apart, as a curve over time. Where a moment is missing, or its value is
 * null, the curve has a gap.
 */
export function timed(
  name: string,
  times: readonly string[],
  step: number,
  values: readonly (number | null)[],
): Series {
  const series: Series = { name, steps: [], values: [], times: [] };
  const add = (time: number, value: number) => {
    series.steps.push(series.steps.length);
    series.times.push(time);
    series.values.push(value);
  };
  times.forEach((moment, index) => {
    const time = Date.parse(moment) / 1000;
    const last = series.times.at(-1);
    if (last !== undefined && time - last > step * 1.5) add(last + step, NaN);
    add(time, values[index] ?? NaN);
  });
  return series;
}
