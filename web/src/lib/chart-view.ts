/** How charts are drawn; a part of the address, so that a link shows the same. */
export interface ChartView {
  axis: (typeof AXES)[number];
  /** Weight of what came before, 0 to 0.99. */
  smoothing: number;
  logX: boolean;
  logY: boolean;
}

/** What of a `ChartView` is not as it is at first, as search parameters. */
export interface ChartSearch {
  axis?: "time" | "relative";
  smoothing?: number;
  logX?: true;
  logY?: true;
}

/** `relative` is the time since the first point of a curve. */
export const AXES = ["step", "time", "relative"] as const;
export const MOST_SMOOTHING = 0.99;

/** Of what the platform has measured itself. */
export const OVER_TIME: ChartView = { axis: "time", smoothing: 0, logX: false, logY: false };
export const PLAIN_VIEW: ChartView = { axis: "step", smoothing: 0, logX: false, logY: false };

export function chartView(search: ChartSearch): ChartView {
  return {
    axis: search.axis ?? "step",
    smoothing: search.smoothing ?? 0,
    logX: search.logX ?? false,
    logY: search.logY ?? false,
  };
}

export function chartSearch(view: ChartView): ChartSearch {
  return {
    ...(view.axis === "step" ? {} : { axis: view.axis }),
    ...(view.smoothing > 0 ? { smoothing: view.smoothing } : {}),
    ...(view.logX ? { logX: true } : {}),
    ...(view.logY ? { logY: true } : {}),
  };
}

/** What somebody's address says; what is not known is as at first. */
export function readChartSearch(search: Readonly<Record<string, unknown>>): ChartSearch {
  const axis = AXES.find((each) => each === search["axis"]) ?? "step";
  const wanted = Number(search["smoothing"]);
  const smoothing = Number.isFinite(wanted) ? Math.min(MOST_SMOOTHING, Math.max(0, wanted)) : 0;
  return chartSearch({ axis, smoothing, logX: search["logX"] === true, logY: search["logY"] === true });
}
