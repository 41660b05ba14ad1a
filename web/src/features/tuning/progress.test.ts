import { expect, test } from "vitest";

import type { Trial } from "@/lib/api/types";

import { progress } from "./progress";

const trial = (number: number, value: number | null): Trial => ({
  id: String(number),
  study_id: "s",
  run_id: "r",
  number,
  status: "succeeded",
  params: {},
  value,
  created_at: "2026-01-01T00:00:00Z",
  ended_at: null,
});
const trials = [trial(2, 0.4), trial(0, 0.5), trial(1, null), trial(3, 0.9)];

test("the best so far follows the numbers of the trials, whichever ended first", () => {
  const [each, best] = progress({ metric: "accuracy", mode: "max" }, trials);
  expect(each).toMatchObject({ steps: [0, 2, 3], values: [0.5, 0.4, 0.9] });
  expect(best.values).toEqual([0.5, 0.5, 0.9]);
  expect(progress({ metric: "loss", mode: "min" }, trials)[1].values).toEqual([0.5, 0.4, 0.4]);
});
