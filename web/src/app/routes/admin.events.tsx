import { createFileRoute } from "@tanstack/react-router";

import { PlatformLogPage } from "@/app/pages/platform-log-page";
import { auditFilters } from "@/features/audit/filters";
import { loadTexts } from "@/lib/i18n/locale";

export const Route = createFileRoute("/admin/events")({
  validateSearch: auditFilters,
  loader: () => loadTexts("audit"),
  component: PlatformLogPage,
});
