import { expect, test } from "vitest";

import { metricGroups, portions } from "./metric-groups";

test("metrics are grouped by what their names begin with", () => {
  const names = ["system/cpu", "train/loss", "loss", "validation/loss", "train/accuracy"];
  expect(metricGroups(names)).toEqual([
    { prefix: "", names: ["loss"] },
    { prefix: "train", names: ["train/accuracy", "train/loss"] },
    { prefix: "validation", names: ["validation/loss"] },
    { prefix: "system", names: ["system/cpu"] },
  ]);
});

test("only those that hold what is sought", () => {
  expect(metricGroups(["train/loss", "train/accuracy"], " LOSS ")).toEqual([
    { prefix: "train", names: ["train/loss"] },
  ]);
});

test("portions keep the order", () => {
  expect(portions([1, 2, 3], 2)).toEqual([[1, 2], [3]]);
});
