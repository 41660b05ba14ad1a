import { expect, test } from "vitest";

import { literally, searched } from "./matches";

test("a text is found wherever it stands", () => {
  expect("Step 1 (step)".split(literally("STEP") ?? "")).toEqual(["", "Step", " 1 (", "step", ")"]);
  expect("a+b".split(literally("+") ?? "")).toEqual(["a", "+", "b"]);
  expect(literally("")).toBeUndefined();
});

test("words of a search are found whole", () => {
  const line = "CUDA out of memory: retried, memories of cudart";
  expect(line.match(searched("cuda mem") ?? "")).toEqual(["CUDA"]);
  expect(line.match(searched("mem*") ?? "")).toEqual(["memory", "memories"]);
  expect(line.match(searched('"out of memory" -retried or cudart') ?? "")).toEqual(["out of memory", "cudart"]);
});

test("punctuation is no part of a word", () => {
  expect("out-of memory".match(searched('"out of"') ?? "")).toEqual(["out-of"]);
  expect(searched("-only or")).toBeUndefined();
  expect(searched("***")).toBeUndefined();
});
