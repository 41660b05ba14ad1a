import { useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import { CurveLegend } from "@/components/curve-legend";
import { PLAIN_VIEW, type ChartView } from "@/lib/chart-view";
import type { Line } from "@/lib/lines";
import { useI18n } from "@/lib/i18n/i18n-context";
import { plotted } from "@/lib/plot-data";
import { useTheme } from "@/lib/theme";

import { curveOptions } from "./curve-options";

interface CurveChartProps {
  title: string;
  /** One or more curves over the same axis. */
  lines: readonly Line[];
  view?: ChartView;
  /** Pixels. */
  height?: number;
}

/** Metrics over their steps or over time. A drag zooms, a double click shows all again. */
export default function CurveChart({ title, lines, view: given = PLAIN_VIEW, height = 220 }: CurveChartProps) {
  const { t, format } = useI18n();
  const { theme } = useTheme();
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const { axis, smoothing, logX, logY } = given;
  const view = useMemo(() => ({ axis, smoothing, logX, logY }), [axis, smoothing, logX, logY]);
  const data = useMemo(() => table(lines, view), [lines, view]);
  const newest = useRef(data);
  const keys = lines.map((line) => `${line.key}:${line.colour}`).join();

  useEffect(() => {
    newest.current = data;
    const made = plot.current;
    // Lines that came or went are drawn by a new plot, which is made below.
    if (made?.series.length !== data.length) return;
    const { min, max } = made.scales["x"] ?? {};
    const zoomed = made.root.dataset["zoomed"] === "true";
    made.batch(() => {
      made.setData(data);
      if (zoomed && min != null && max != null) made.setScale("x", { min, max });
    });
  }, [data]);

  useEffect(() => {
    const target = place.current;
    if (!target) return;
    const options = curveOptions({ target, height, view, keys: keys.split(","), format, onHover: setHovered });
    const made = new uPlot(options, newest.current, target);
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: target.clientWidth, height }));
    resized.observe(target);
    return () => {
      resized.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [height, theme, format, view, keys]);

  const measured = lines.filter((line) => !line.gaps);
  const only = lines.length === 1 ? measured[0]?.series : undefined;
  const at = data[0].length - 1;
  const shown = hovered !== null && hovered <= at ? hovered : at;
  // A logarithmic axis begins after what is not greater than zero.
  const left = only ? only.steps.length - data[0].length : 0;
  const step = only?.steps[left + shown];
  const value = only?.values[left + shown];
  const told =
    step === undefined || value === undefined
      ? ""
      : t("curve.point", { step: format.count(step), value: format.value(value) });
  const odd = measured.reduce(
    (sum, line) => sum + line.series.values.filter((each) => !Number.isFinite(each)).length,
    0,
  );

  return (
    <figure data-metric={title} data-last-step={only?.steps.at(-1)}>
      <figcaption className="tabular mb-1 flex flex-wrap justify-between gap-x-4 pr-8 text-xs text-muted-foreground">
        <span className="font-medium wrap-anywhere text-foreground">{title}</span>
        <span>{told}</span>
      </figcaption>
      <div className="relative">
        <div
          ref={place}
          role="img"
          aria-label={only ? `${title}: ${told}` : `${title}: ${lines.map((line) => line.label).join(", ")}`}
          style={{ height }}
          className="overflow-hidden"
        />
        {lines.every((line) => line.series.steps.length === 0) && (
          <p className="absolute inset-0 grid place-items-center text-xs text-muted-foreground">{t("curve.empty")}</p>
        )}
      </div>
      {!only && <CurveLegend lines={lines} values={lines.map((_, index) => data[1 + index * 2]?.[shown])} />}
      {odd > 0 && <p className="mt-1 text-xs text-warning">{t("curve.notFinite", { count: odd })}</p>}
    </figure>
  );
}

/** Places, then for each line its values and its smoothed values. */
function table(lines: readonly Line[], view: ChartView): uPlot.AlignedData {
  const tables = lines.map((line): uPlot.AlignedData => {
    const { x, raw, smooth } = plotted(line.series, view);
    return [x, raw, smooth];
  });
  const [only] = tables;
  if (tables.length === 1 && only) return only;
  return tables.length === 0 ? [[]] : uPlot.join(tables);
}
