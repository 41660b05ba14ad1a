import { expect, test } from "vitest";

import { differs, searchOf, shownBy } from "./views";

const VIEW = {
  id: "0199c1f5-0000-7000-8000-000000000001",
  filter: "metrics.loss < 1",
  sort: "metrics.loss desc",
  columns: ["tags.team"],
  group_by: ["params.lr"],
};

test("a view is an address, and the address is the view", () => {
  const { id, ...shown } = VIEW;
  const search = searchOf(VIEW);
  expect(search).toEqual({
    filter: "metrics.loss < 1",
    sort: "metrics.loss desc",
    columns: ["tags.team"],
    by: ["params.lr"],
    view: id,
  });
  expect(shownBy(search)).toEqual(shown);
  expect(differs(VIEW, search)).toBe(false);
});

test("what somebody changed since differs", () => {
  expect(differs(VIEW, { ...searchOf(VIEW), filter: "" })).toBe(true);
  expect(differs(VIEW, { ...searchOf(VIEW), columns: [] })).toBe(true);
});

test("columns that this page does not show are no difference", () => {
  const wider = { ...VIEW, columns: ["tags.team", "summary.score"] };
  expect(searchOf(wider).columns).toEqual(["tags.team"]);
  expect(differs(wider, searchOf(wider))).toBe(false);
});

test("where the table chooses its columns the view has none", () => {
  expect(shownBy({}).columns).toBeNull();
  expect(searchOf({ id: VIEW.id, filter: "", sort: "", columns: null, group_by: [] })).toEqual({ view: VIEW.id });
});
