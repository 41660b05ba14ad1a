import { expect, test } from "vitest";

import { auditFilters, auditQuery } from "./filters";

test("what an address says wrongly is no filter", () => {
  const search = { action: "run.created", actor: "me", from: "2026-13-01", to: "2026-01-31", other: "x" };
  expect(auditFilters(search)).toEqual({ action: "run.created", to: "2026-01-31" });
});

test("the last day counts whole", () => {
  expect(auditQuery({ from: "2026-01-01", to: "2026-01-31" })).toEqual({
    created_after: "2026-01-01T00:00:00.000Z",
    created_before: "2026-02-01T00:00:00.000Z",
  });
});
