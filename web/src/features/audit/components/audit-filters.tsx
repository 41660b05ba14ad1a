import { DayField } from "@/components/day-field";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/select";
import type { AuditFilters } from "@/features/audit/filters";
import { useI18n } from "@/lib/i18n/i18n-context";
import { withValue } from "@/lib/search";

/** Families of events: `run` is `run.created` and all others of runs. */
const FAMILIES = [
  "access",
  "api_key",
  "artifact",
  "deployment",
  "events",
  "invitation",
  "member",
  "model",
  "password",
  "project",
  "project_member",
  "quota",
  "run",
  "service",
  "service_account",
  "session",
  "sign_in",
  "workload",
];

interface AuditFiltersFormProps {
  filters: AuditFilters;
  /** Who may have done something: identifier and name. */
  actors: readonly (readonly [string, string])[];
  onChange: (filters: AuditFilters) => void;
}

/** Narrows the log; each choice is in the address at once. */
export function AuditFiltersForm({ filters, actors, onChange }: AuditFiltersFormProps) {
  const { t, term } = useI18n();
  const { action, actor } = filters;
  const families = action && !FAMILIES.includes(action) ? [action, ...FAMILIES] : FAMILIES;
  return (
    <div className="flex flex-wrap items-end gap-3" role="group" aria-label={t("audit.filters")}>
      <Select
        label={t("audit.action")}
        value={action ?? ""}
        options={[["", t("audit.any")], ...families.map((each) => [each, term("family", each)] as const)]}
        onChange={(chosen) => onChange(withValue(filters, "action", chosen))}
        className="w-full sm:w-48"
      />
      <Select
        label={t("audit.actor")}
        value={actor ?? ""}
        options={[["", t("audit.anybody")], ...actors]}
        onChange={(chosen) => onChange(withValue(filters, "actor", chosen))}
        className="w-full sm:w-48"
      />
      <DayField
        label={t("span.from")}
        value={filters.from}
        onChange={(day) => onChange(withValue(filters, "from", day))}
      />
      <DayField label={t("span.to")} value={filters.to} onChange={(day) => onChange(withValue(filters, "to", day))} />
      {Object.keys(filters).length > 0 && (
        <Button variant="ghost" onClick={() => onChange({})}>
          {t("audit.clear")}
        </Button>
      )}
    </div>
  );
}
