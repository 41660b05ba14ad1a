import { useRef } from "react";

import { axisOf } from "@/lib/coordinates";
import { useI18n } from "@/lib/i18n/i18n-context";
import { lineColour } from "@/lib/lines";
import { useWidth } from "@/lib/width";

interface ScatterPoint {
  key: string;
  label: string;
  colour: number;
  x: unknown;
  y: unknown;
}

interface ScatterPlotProps {
  x: string;
  y: string;
  points: readonly ScatterPoint[];
}

/** Pixels, as all below: texts are as large on a phone as beside a desk. */
const MOST_WIDTH = 672;
const HEIGHT = 280;
const LEFT = 64;
const BOTTOM = 40;
const MARGIN = 16;

/** Two quantities of several runs against each other. What lacks one of them is not shown. */
export function ScatterPlot({ x, y, points }: ScatterPlotProps) {
  const { format } = useI18n();
  const place = useRef<SVGSVGElement>(null);
  const width = Math.min(useWidth(place), MOST_WIDTH);
  const across = axisOf(
    x,
    points.map((point) => point.x),
  );
  const upwards = axisOf(
    y,
    points.map((point) => point.y),
  );
  const left = (part: number) => LEFT + part * Math.max(0, width - LEFT - MARGIN);
  const top = (part: number) => MARGIN + (1 - part) * (HEIGHT - BOTTOM - MARGIN);
  const shown = (value: string | number) => (typeof value === "number" ? format.value(value) : value);
  const at = (index: number, count: number) => (count === 1 ? 0.5 : index / (count - 1));
  return (
    <svg
      ref={place}
      height={HEIGHT}
      role="img"
      aria-label={`${y} / ${x}`}
      className="w-full text-xs"
      fill="var(--muted-foreground)"
    >
      <path d={`M${left(0)} ${top(1)}V${top(0)}H${left(1)}`} fill="none" stroke="var(--border)" strokeWidth={1.5} />
      {across.ends.map((end, index) => (
        <text
          key={end}
          x={left(at(index, across.ends.length))}
          y={HEIGHT - BOTTOM + 16}
          textAnchor={index > 0 && index === across.ends.length - 1 ? "end" : "middle"}
        >
          {shown(end)}
        </text>
      ))}
      {upwards.ends.map((end, index) => (
        <text key={end} x={LEFT - 6} y={top(at(index, upwards.ends.length)) + 4} textAnchor="end">
          {shown(end)}
        </text>
      ))}
      <text x={left(0.5)} y={HEIGHT - 6} textAnchor="middle" fill="var(--foreground)">
        {x}
      </text>
      <text transform={`translate(12 ${top(0.5)}) rotate(-90)`} textAnchor="middle" fill="var(--foreground)">
        {y}
      </text>
      {points.map((point) => {
        const [horizontal, vertical] = [across.place(point.x), upwards.place(point.y)];
        if (horizontal === null || vertical === null) return null;
        return (
          <circle
            key={point.key}
            data-point={point.key}
            cx={left(horizontal)}
            cy={top(vertical)}
            r={5}
            fill={`var(${lineColour(point.colour)})`}
          >
            <title>{point.label}</title>
          </circle>
        );
      })}
    </svg>
  );
}
