import { expect, test } from "vitest";

import { PLAIN_VIEW } from "./chart-view";
import { plotted, timeRange } from "./plot-data";

const series = { name: "loss", steps: [0, 1, 2], values: [4, NaN, -1], times: [100, 103, 102] };

test("what is not finite is a gap", () => {
  expect(plotted(series, PLAIN_VIEW)).toEqual({ x: [0, 1, 2], raw: [4, null, -1], smooth: [4, null, -1] });
});

test("a clock that was set back leads no curve back", () => {
  expect(plotted(series, { ...PLAIN_VIEW, axis: "relative" }).x).toEqual([0, 3, 3]);
  expect(plotted(series, { ...PLAIN_VIEW, axis: "time" }).x).toEqual([100, 103, 103]);
});

test("a logarithm has only what is greater than zero", () => {
  const logarithmic = plotted(series, { ...PLAIN_VIEW, logX: true, logY: true });
  expect(logarithmic.x).toEqual([1, 2]);
  expect(logarithmic.raw).toEqual([null, null]);
});

test("an axis of time with one moment shows the minutes around it", () => {
  const days: [number, number] = [1000, 1000 + 86_400_000];
  expect(timeRange([1000], days)).toEqual([940, 1060]);
  expect(timeRange([1000, 1000], days)).toEqual([940, 1060]);
  expect(timeRange([1000, 1200], [1050, 1100])).toEqual([1050, 1100]);
  expect(timeRange([], [null, null])).toEqual([null, null]);
});
