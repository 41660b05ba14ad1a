import { expect, test } from "vitest";

import { PLAIN_VIEW, chartSearch, chartView, readChartSearch } from "./chart-view";

test("a view survives its address", () => {
  const view = { axis: "relative", smoothing: 0.6, logX: false, logY: true } as const;
  expect(chartView(readChartSearch({ ...chartSearch(view) }))).toEqual(view);
  expect(chartSearch(PLAIN_VIEW)).toEqual({});
});

test("nonsense in an address is the plain view", () => {
  expect(readChartSearch({ axis: "sideways", smoothing: "much", logX: "yes" })).toEqual({});
  expect(readChartSearch({ smoothing: 7 })).toEqual({ smoothing: 0.99 });
});
