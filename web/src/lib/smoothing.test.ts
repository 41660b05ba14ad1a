import { expect, test } from "vitest";

import { smoothed } from "./smoothing";

test("without weight the values stay", () => {
  expect(smoothed([3, 1, 2], 0)).toEqual([3, 1, 2]);
});

test("a constant stays what it is from the first point on", () => {
  for (const value of smoothed([5, 5, 5, 5], 0.9)) expect(value).toBeCloseTo(5, 12);
});

test("what is not finite is left where it is and pulls nothing", () => {
  const [first, gap, last] = smoothed([2, NaN, 2], 0.5);
  expect(first).toBeCloseTo(2, 12);
  expect(gap).toBeNaN();
  expect(last).toBeCloseTo(2, 12);
});

test("a step is followed slowly", () => {
  const after = smoothed([0, 0, 0, 1], 0.9).at(-1) ?? NaN;
  expect(after).toBeGreaterThan(0.2);
  expect(after).toBeLessThan(0.4);
});
