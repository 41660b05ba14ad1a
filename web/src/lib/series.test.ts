import { expect, test } from "vitest";

import { joined, received } from "./series";

test("what is not finite arrives as a word", () => {
  const { values } = received({ name: "loss", steps: [1, 2, 3, 4], values: [1.5, "NaN", "Infinity", "-Infinity"] });
  expect(values).toEqual([1.5, NaN, Infinity, -Infinity]);
});

test("later points follow", () => {
  const earlier = { name: "loss", steps: [1], values: [3] };
  expect(joined(earlier, { name: "loss", steps: [2], values: [2] }).steps).toEqual([1, 2]);
  expect(joined(earlier, { name: "loss", steps: [], values: [] })).toBe(earlier);
});
