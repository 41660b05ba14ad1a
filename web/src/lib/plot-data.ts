import type { ChartView } from "./chart-view";
import type { Series } from "./series";
import { smoothed } from "./smoothing";

/** One curve as a plot wants it: ascending places, and at each the value and the smoothed value; null is a gap. */
export interface Plotted {
  x: number[];
  raw: (number | null)[];
  smooth: (number | null)[];
}

export function plotted(series: Series, view: ChartView): Plotted {
  const smooth = smoothed(series.values, view.smoothing);
  const all = places(series, view.axis);
  const kept = all.map((_, index) => index).filter((index) => !view.logX || (all[index] ?? 0) > 0);
  const drawn = (value: number | undefined) =>
    value !== undefined && Number.isFinite(value) && !(view.logY && value <= 0) ? value : null;
  return {
    x: kept.map((index) => all[index] ?? 0),
    raw: kept.map((index) => drawn(series.values[index])),
    smooth: kept.map((index) => drawn(smooth[index])),
  };
}

/** Where the points of a curve are: steps, seconds since the epoch, or seconds since its first point. */
function places(series: Series, axis: ChartView["axis"]): number[] {
  switch (axis) {
    case "step":
      return series.steps;
    case "time":
      return ascending(series.times);
    case "relative": {
      const first = series.times[0] ?? 0;
      return ascending(series.times).map((time) => time - first);
    }
  }
}

const AROUND_S = 60;

/**
 * What an axis of time shows, in seconds since the epoch, where the plot would show `shown`: around a single moment a
 * minute each way. The plotting library would show a thousand days.
 */
export function timeRange(places: ArrayLike<number>, shown: [number | null, number | null]): typeof shown {
  const [first, last] = [places[0], places[places.length - 1]];
  return first !== undefined && first === last ? [first - AROUND_S, first + AROUND_S] : shown;
}

/** Clocks are set back; a plot's places never go back. */
function ascending(times: readonly number[]): number[] {
  let last = -Infinity;
  return times.map((time) => (last = Math.max(last, time)));
}
