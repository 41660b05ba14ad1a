import type uPlot from "uplot";

import type { ChartView } from "@/lib/chart-view";
import type { Format } from "@/lib/i18n/format";
import { lineColour } from "@/lib/lines";
import { timeRange } from "@/lib/plot-data";

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
      x:
        view.axis === "time"
          ? { time: true, distr: LINEAR, range: ({ data }, min, max) => timeRange(data[0], [min, max]) }
          : { time: false, distr: view.logX ? LOGARITHMIC : LINEAR },
      y: { distr: view.logY ? LOGARITHMIC : LINEAR },
    },
    cursor: { y: false, drag: { x: true, y: false } },
    axes: [
      { ...axis, size: 28, ...ticks(view.axis, format) },
      {
        ...axis,
        size: 52,
        values: (_, splits) => splits.map(told(format.value)),
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

/** What stands at the places of the axis, in the language of the page, and how many pixels lie between two at least. */
function ticks(axis: ChartView["axis"], format: Format): uPlot.Axis {
  switch (axis) {
    case "step":
      return {};
    case "relative":
      return { values: (_, splits) => splits.map(told(format.duration)) };
    case "time":
      return {
        space: 72,
        values: (_, splits, _axis, _space, apart) => splits.map(told((split) => format.tick(split, apart))),
      };
  }
}

/** A logarithmic axis has places without a text. */
function told(text: (split: number) => string) {
  return (split: number | null) => (split === null ? "" : text(split));
}
