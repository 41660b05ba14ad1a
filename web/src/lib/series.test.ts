import { expect, test } from "vitest";

import { joined, received, since } from "./series";

test("what is not finite arrives as a word", () => {
  const sent = {
    name: "loss",
    steps: [1, 2, 3, 4],
    values: [1.5, "NaN", "Infinity", "-Infinity"],
    times: [1, 2, 3, 4],
  };
  expect(received(sent).values).toEqual([1.5, NaN, Infinity, -Infinity]);
});

test("later points follow", () => {
  const earlier = { name: "loss", steps: [1], values: [3], times: [10] };
  expect(joined(earlier, { name: "loss", steps: [2], values: [2], times: [11] }).times).toEqual([10, 11]);
  expect(joined(earlier, { name: "loss", steps: [], values: [], times: [] })).toBe(earlier);
});

test("only what is later than a step", () => {
  const series = { name: "loss", steps: [1, 3, 5], values: [3, 2, 1], times: [10, 11, 12] };
  expect(since(series, 3)).toEqual({ name: "loss", steps: [5], values: [1], times: [12] });
  expect(since(series, 5).steps).toEqual([]);
});
