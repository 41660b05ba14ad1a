import { expect, test } from "vitest";

import { columnText, nextSort, readColumn } from "./column-text";

test("a column survives being written, whatever it is called", () => {
  for (const name of ["loss", "train/loss", "top 5 accuracy", 'say "hi"']) {
    const column = { place: "metrics", name } as const;
    expect(readColumn(columnText(column))).toEqual(column);
  }
  expect(columnText({ place: "params", name: "optimizer.lr" })).toBe("params.optimizer.lr");
  expect(columnText({ place: "metrics", name: "top 5" })).toBe('metrics."top 5"');
});

test("what is no column is none", () => {
  expect(readColumn("created_at")).toBeUndefined();
  expect(readColumn('metrics."unfinished')).toBeUndefined();
});

test("a header goes from ascending over descending to none", () => {
  expect(nextSort("", "metrics.loss")).toBe("metrics.loss");
  expect(nextSort("metrics.loss", "metrics.loss")).toBe("metrics.loss desc");
  expect(nextSort("metrics.loss desc", "metrics.loss")).toBe("");
  expect(nextSort("name", "metrics.loss")).toBe("metrics.loss");
});
