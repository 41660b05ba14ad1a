import { expect, test } from "vitest";

import { shares } from "./traffic";

test("shares are relative to all weights", () => {
  expect(shares({ a: 30, b: 10 })).toEqual({ a: 0.75, b: 0.25 });
  expect(shares({ a: 0, b: 0 })).toEqual({ a: 0, b: 0 });
});
