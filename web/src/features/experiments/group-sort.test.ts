import { expect, test } from "vitest";

import { ascending, turned } from "./group-sort";

test("an order is the same after it was turned twice", () => {
  expect(turned("metrics.loss desc")).toBe("-metrics.loss");
  for (const sort of ["", "params.lr", "metrics.loss desc", 'metrics."top 5" desc']) {
    expect(turned(turned(sort))).toBe(sort);
  }
});

test("a column is known whichever way it is sorted", () => {
  expect(ascending("metrics.loss desc")).toBe("metrics.loss");
  expect(ascending("metrics.loss")).toBe("metrics.loss");
});
