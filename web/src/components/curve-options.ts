import type uPlot from "uplot";

import type { ChartView } from "@/lib/chart-view";
import type { Format } from "@/lib/i18n/format";
import { lineColour } from "@/lib/lines";

interface CurveOptions {
  target: HTMLElement;
  /** Pixels. */
  height: number;
  view: ChartView;
  /** `key:colour` of each line. */
  keys: readonly string[];
  format: Format;
  onHover: (index: number | null) => void;
}

// uPlot declares an enum that is not there at run time.
const LINEAR = 1 as unknown as uPlot.Scale.Distr;
const LOGARITHMIC = 3 as unknown as uPlot.Scale.Distr;
/** Of the values behind their smoothed curve, as the last byte of a colour. */
const FAINT = 0.25;

/** What uPlot is told: the look of the theme, the axes of the view, two series a line (its values and, over them, smoothed). */
export function curveOptions({ target, height, view, keys, format, onHover }: CurveOptions): uPlot.Options {
  const style = getComputedStyle(target);
  const axis: uPlot.Axis = {
    stroke: style.getPropertyValue("--muted-foreground"),
    grid: { stroke: style.getPropertyValue("--border"), width: 1 },
    ticks: { show: false },
    font: `11px ${style.fontFamily}`,
  };
  const smooth = view.smoothing > 0;
  const lines = keys.filter(Boolean).flatMap((key): uPlot.Series[] => {
    const stroke = style.getPropertyValue(lineColour(Number(key.split(":")[1])));
    const points = { size: 5, fill: stroke };
    return [
      { stroke, width: smooth ? 1 : 1.75, points: smooth ? { show: false } : points, alpha: smooth ? FAINT : 1 },
      { stroke, width: 1.75, points, show: smooth },
    ];
  });
  return {
    width: target.clientWidth,
    height,
    legend: { show: false },
    scales: {
      x: { time: view.axis === "time", distr: view.logX && view.axis !== "time" ? LOGARITHMIC : LINEAR },
      y: { distr: view.logY ? LOGARITHMIC : LINEAR },
    },
    cursor: { y: false, drag: { x: true, y: false } },
    axes: [
      { ...axis, size: 28, ...(view.axis === "relative" ? { values: spans(format) } : {}) },
      {
        ...axis,
        size: 52,
        values: (_, ticks) => ticks.map((tick: number | null) => (tick === null ? "" : format.value(tick))),
      },
    ],
    series: [{}, ...lines],
    hooks: {
      setCursor: [({ cursor }) => onHover(cursor.idx ?? null)],
      setSelect: [({ root, select }) => (root.dataset["zoomed"] = String(select.width > 0))],
      ready: [({ root, over }) => over.addEventListener("dblclick", () => (root.dataset["zoomed"] = "false"))],
    },
  };
}

function spans(format: Format): uPlot.Axis.Values {
  return (_, ticks) => ticks.map((tick: number | null) => (tick === null ? "" : format.duration(tick)));
}
