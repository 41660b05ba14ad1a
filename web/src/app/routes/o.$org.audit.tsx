import { createFileRoute } from "@tanstack/react-router";

import { AuditPage } from "@/app/pages/audit-page";
import { auditFilters } from "@/features/audit/filters";
import { loadTexts } from "@/lib/i18n/locale";

export const Route = createFileRoute("/o/$org/audit")({
  validateSearch: auditFilters,
  loader: () => loadTexts("audit"),
  component: AuditPage,
});
