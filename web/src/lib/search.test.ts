import { expect, test } from "vitest";

import { withValue } from "./search";

test("a value takes the place of the old one, and goes where it is empty", () => {
  const search: { from?: string; by?: string } = { from: "2026-01-01", by: "project" };
  expect(withValue(search, "from", "2026-02-01")).toEqual({ from: "2026-02-01", by: "project" });
  expect(withValue(search, "from", "")).toEqual({ by: "project" });
  expect(search.from).toBe("2026-01-01");
});
