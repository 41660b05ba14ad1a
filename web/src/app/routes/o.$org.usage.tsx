import { createFileRoute } from "@tanstack/react-router";

import { UsagePage } from "@/app/pages/usage-page";
import type { Span, UsageBy } from "@/features/quotas/queries";

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export const Route = createFileRoute("/o/$org/usage")({
  validateSearch: (search): Span & { by?: UsageBy } => {
    const { by, from, to } = search;
    return {
      ...(by === "project" || by === "user" ? { by } : {}),
      ...(isDay(from) ? { from } : {}),
      ...(isDay(to) ? { to } : {}),
    };
  },
  component: UsagePage,
});

function isDay(value: unknown): value is string {
  return typeof value === "string" && DAY.test(value) && !Number.isNaN(Date.parse(value));
}
