import { expect, test } from "vitest";

import { renewedExpiry } from "./queries";

test("a rotated key lives as long as the old one was meant to", () => {
  const now = Date.parse("2026-03-01T00:00:00Z");
  expect(renewedExpiry("2026-01-01T00:00:00Z", "2026-01-31T00:00:00Z", now)).toBe("2026-03-31T00:00:00.000Z");
});
