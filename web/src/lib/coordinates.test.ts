import { expect, test } from "vitest";

import { axisOf } from "./coordinates";

test("numbers lie by their size", () => {
  const axis = axisOf("layers", [1, 5, 3, undefined]);
  expect(axis.ends).toEqual([1, 5]);
  expect([1, 3, 5, undefined, NaN].map(axis.place)).toEqual([0, 0.5, 1, null, null]);
});

test("numbers that span much lie by their logarithm", () => {
  const axis = axisOf("learning_rate", [0.0001, 0.01, 1]);
  expect(axis.place(0.01)).toBeCloseTo(0.5, 12);
});

test("words lie in their order, and one alone in the middle", () => {
  const axis = axisOf("optimizer", ["sgd", "adam", "lion"]);
  expect(["adam", "lion", "sgd", "none"].map(axis.place)).toEqual([0, 0.5, 1, null]);
  expect(axisOf("only", ["a", "a"]).place("a")).toBe(0.5);
  expect(axisOf("same", [2, 2]).place(2)).toBe(0.5);
});
