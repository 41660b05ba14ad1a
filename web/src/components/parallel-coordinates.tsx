import { useMemo, useRef, useState } from "react";

import { axisOf } from "@/lib/coordinates";
import { useI18n } from "@/lib/i18n/i18n-context";
import { useWidth } from "@/lib/width";

export interface CoordinateRow {
  key: string;
  label: string;
  /** By the name of the axis. */
  values: Readonly<Record<string, unknown>>;
}

interface ParallelCoordinatesProps {
  label: string;
  axes: readonly string[];
  rows: readonly CoordinateRow[];
  /** The axis whose value colours the lines: the stronger, the better. */
  goal: string;
  mode: "min" | "max";
}

/** Pixels between two axes, at least and at most; as all below. */
const NARROWEST = 140;
const WIDEST = 280;
const HEIGHT = 240;
const TOP = 34;
const BOTTOM = 22;
/** So that a name and a number have room beside the last axis. */
const SIDE = 76;
/** Weakest and strongest line, of 1. */
const FAINT = 0.18;

/** Each row as a line across its parameters and its result; the best stand out, the one under the pointer is told. */
export function ParallelCoordinates({ label, axes, rows, goal, mode }: ParallelCoordinatesProps) {
  const { format } = useI18n();
  const [hovered, setHovered] = useState<string | null>(null);
  const made = useMemo(
    () =>
      axes.map((name) =>
        axisOf(
          name,
          rows.map((row) => row.values[name]),
        ),
      ),
    [axes, rows],
  );
  const place = useRef<HTMLDivElement>(null);
  const steps = Math.max(1, made.length - 1);
  const apart = Math.min(WIDEST, Math.max(NARROWEST, (useWidth(place) - SIDE * 2) / steps));
  const width = SIDE * 2 + apart * steps;
  const height = TOP + HEIGHT + BOTTOM;
  const across = (index: number) => SIDE + index * apart;
  const up = (place: number) => TOP + (1 - place) * HEIGHT;
  const result = made.find((axis) => axis.name === goal);
  const strength = (row: CoordinateRow) => {
    const place = result?.place(row.values[goal]) ?? null;
    if (place === null) return FAINT;
    return FAINT + (1 - FAINT) * (mode === "max" ? place : 1 - place) ** 2;
  };
  const shown = (value: string | number) => (typeof value === "number" ? format.value(value) : value);
  const told = rows.find((row) => row.key === hovered);
  return (
    <figure>
      {/* It is wider than a phone: it scrolls, so the keyboard must reach it. */}
      <div ref={place} className="overflow-x-auto" tabIndex={0} role="group" aria-label={label}>
        <svg width={width} height={height} role="img" aria-label={label} className="max-w-none text-xs">
          {rows.map((row) => (
            <polyline
              key={row.key}
              data-row={row.key}
              points={points(row, made, across, up)}
              fill="none"
              stroke={row.key === hovered ? "var(--foreground)" : "var(--primary)"}
              strokeWidth={row.key === hovered ? 2.5 : 1.5}
              opacity={row.key === hovered ? 1 : strength(row)}
              onPointerEnter={() => setHovered(row.key)}
              onPointerLeave={() => setHovered(null)}
            />
          ))}
          {made.map((axis, index) => (
            <g key={axis.name} transform={`translate(${across(index)} 0)`}>
              <line y1={TOP} y2={TOP + HEIGHT} stroke="var(--border)" strokeWidth={2} />
              <text y={12} textAnchor="middle" fill="var(--foreground)" fontWeight={axis.name === goal ? 600 : 400}>
                <title>{axis.name}</title>
                {short(axis.name)}
              </text>
              {axis.ends.map((end, at) => (
                <text
                  key={end}
                  y={up(axis.ends.length === 1 ? 0.5 : at / (axis.ends.length - 1)) + 4}
                  x={6}
                  fill="var(--muted-foreground)"
                  // Lines end beside it: it stands before them.
                  stroke="var(--card)"
                  strokeWidth={4}
                  paintOrder="stroke"
                >
                  {short(shown(end))}
                </text>
              ))}
            </g>
          ))}
        </svg>
      </div>
      <figcaption className="tabular min-h-4 text-xs wrap-anywhere text-muted-foreground">
        {told &&
          `${told.label} · ${axes.map((name) => `${name} ${shownValue(told.values[name], format.value)}`).join(" · ")}`}
      </figcaption>
    </figure>
  );
}

function points(
  row: CoordinateRow,
  axes: readonly { name: string; place: (value: unknown) => number | null }[],
  across: (index: number) => number,
  up: (place: number) => number,
): string {
  return axes
    .flatMap((axis, index) => {
      const place = axis.place(row.values[axis.name]);
      return place === null ? [] : `${across(index)},${up(place).toFixed(1)}`;
    })
    .join(" ");
}

const LONGEST = 18;

function short(text: string): string {
  return text.length > LONGEST ? `…${text.slice(-LONGEST)}` : text;
}

function shownValue(value: unknown, number: (value: number) => string): string {
  if (value === undefined || value === null) return "–";
  if (typeof value === "number") return number(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}
