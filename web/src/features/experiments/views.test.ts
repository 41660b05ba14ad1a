import { expect, test } from "vitest";

import { readViews, writeViews } from "./views";

test("views are kept by project", () => {
  writeViews("a", [{ name: "best", search: { filter: "metrics.loss < 1", sort: "metrics.loss" } }]);
  expect(readViews("a")).toEqual([{ name: "best", search: { filter: "metrics.loss < 1", sort: "metrics.loss" } }]);
  expect(readViews("b")).toEqual([]);
});

test("what another version stored is left out", () => {
  localStorage.setItem(
    "trine.views.a",
    '[{"name": 1}, "x", {"name": "ok", "search": {"columns": ["nonsense", "tags.team"]}}]',
  );
  expect(readViews("a")).toEqual([{ name: "ok", search: { columns: ["tags.team"] } }]);
  localStorage.setItem("trine.views.a", "{");
  expect(readViews("a")).toEqual([]);
});
