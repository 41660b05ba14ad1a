import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import { useI18n } from "@/lib/i18n/i18n-context";
import type { Series } from "@/lib/series";
import { useTheme } from "@/lib/theme";

interface CurveChartProps {
  series: Series;
  /** Pixels. */
  height?: number;
}

/** One metric over its steps. What is not finite is a gap, and counted below. */
export default function CurveChart({ series, height = 220 }: CurveChartProps) {
  const { t, format } = useI18n();
  const { theme } = useTheme();
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const newest = useRef(series);

  useEffect(() => {
    newest.current = series;
    plot.current?.setData(aligned(series));
  }, [series]);

  useEffect(() => {
    const target = place.current;
    if (!target) return;
    const made = new uPlot(
      options(target, height, format.value, (index) => setHovered(index)),
      aligned(newest.current),
      target,
    );
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: target.clientWidth, height }));
    resized.observe(target);
    return () => {
      resized.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [height, theme, format]);

  const last = series.steps.length - 1;
  const shown = hovered !== null && hovered <= last ? hovered : last;
  const step = series.steps[shown];
  const value = series.values[shown];
  const odd = series.values.filter((each) => !Number.isFinite(each)).length;
  const told =
    step === undefined || value === undefined
      ? ""
      : t("curve.point", { step: format.count(step), value: format.value(value) });

  return (
    <figure data-metric={series.name} data-last-step={series.steps[last]}>
      <figcaption className="tabular mb-1 flex flex-wrap justify-between gap-x-4 text-xs text-muted-foreground">
        <span className="font-medium wrap-anywhere text-foreground">{series.name}</span>
        <span>{told}</span>
      </figcaption>
      <div
        ref={place}
        role="img"
        aria-label={`${series.name}: ${told}`}
        style={{ height }}
        className="overflow-hidden"
      />
      {odd > 0 && <p className="mt-1 text-xs text-warning">{t("curve.notFinite", { count: odd })}</p>}
    </figure>
  );
}

function aligned(series: Series): uPlot.AlignedData {
  return [series.steps, series.values.map((value) => (Number.isFinite(value) ? value : null))];
}

function options(
  target: HTMLElement,
  height: number,
  label: (value: number) => string,
  onHover: (index: number | null) => void,
): uPlot.Options {
  const style = getComputedStyle(target);
  const line = style.getPropertyValue("--primary");
  const axis: uPlot.Axis = {
    stroke: style.getPropertyValue("--muted-foreground"),
    grid: { stroke: style.getPropertyValue("--border"), width: 1 },
    ticks: { show: false },
    font: `11px ${style.fontFamily}`,
  };
  return {
    width: target.clientWidth,
    height,
    legend: { show: false },
    scales: { x: { time: false } },
    cursor: { y: false, drag: { x: true, y: false } },
    axes: [
      { ...axis, size: 28 },
      { ...axis, size: 52, values: (_, ticks) => ticks.map((tick) => label(tick)) },
    ],
    series: [{}, { stroke: line, width: 1.75, points: { size: 5, fill: line } }],
    hooks: { setCursor: [({ cursor }) => onHover(cursor.idx ?? null)] },
  };
}
