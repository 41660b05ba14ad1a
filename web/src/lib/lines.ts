import type { Series } from "./series";

/** One curve of a chart. */
export interface Line {
  /** Unique within the chart, without a comma or a colon. */
  key: string;
  label: string;
  /** Index of its colour, so that a run has the same one in every chart. */
  colour: number;
  series: Series;
  /** NaN says that nothing was measured there, and is no fault. */
  gaps?: boolean;
}

const COLOURS = 8;

/** The name of the custom property that holds a line's colour. */
export function lineColour(index: number): string {
  return `--chart-${(index % COLOURS) + 1}`;
}
