import { expect, it } from "vitest";

import { framePlace, returns, told } from "./recording";

const SHEET = { file: "episode-0.webp", columns: 3, frames: 5, width: 20, height: 10, every: 4 };

it("finds the picture of a step, and keeps the last one to the end", () => {
  expect(framePlace(SHEET, 0)).toEqual({ x: 0, y: 0 });
  expect(framePlace(SHEET, 11)).toEqual({ x: 40, y: 0 });
  expect(framePlace(SHEET, 12)).toEqual({ x: 0, y: 10 });
  expect(framePlace(SHEET, 999)).toEqual({ x: 20, y: 10 });
});

it("adds the rewards up", () => {
  expect(returns({ rewards: [1, null, -0.5] })).toEqual([1, 1, 0.5]);
});

it("tells numbers, lists of them, and nothing", () => {
  expect([told(3), told([0.5, null]), told(null)]).toEqual(["3", "0.5, –", "–"]);
});
