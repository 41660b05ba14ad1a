import { expect, test } from "vitest";

import type { Trial } from "@/lib/api/types";

import { ordered } from "./trial-order";

const trials = [
  { number: 0, value: 0.5 },
  { number: 1, value: null },
  { number: 2, value: 0.9 },
] as Trial[];
const numbers = (order: "number" | "best" | "newest", mode = "max") =>
  ordered(trials, order, mode).map((each) => each.number);

test("the best first, by the study's goal; those without a value last", () => {
  expect(numbers("best")).toEqual([2, 0, 1]);
  expect(numbers("best", "min")).toEqual([0, 2, 1]);
  expect(numbers("newest")).toEqual([2, 1, 0]);
  expect(numbers("number")).toEqual([0, 1, 2]);
});
