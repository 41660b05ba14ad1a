import { FilterChips } from "@/components/filter-chips";
import { SearchField } from "@/components/search-field";
import type { JobFilter } from "@/features/training/queries";
import type { WorkloadStatus } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

const STATUSES = [
  "queued",
  "starting",
  "running",
  "succeeded",
  "failed",
  "cancelled",
] as const satisfies readonly WorkloadStatus[];

interface JobsFilterProps {
  filter: JobFilter;
  onFilter: (filter: JobFilter) => void;
}

export function JobsFilter({ filter, onFilter }: JobsFilterProps) {
  const { t, term } = useI18n();
  const { name = "", status = [] } = filter;
  return (
    <div className="flex flex-wrap items-center gap-3">
      <SearchField
        label={t("table.searchName")}
        value={name}
        onChange={(typed) => onFilter(written(typed, status))}
        className="w-full sm:w-64"
      />
      <FilterChips
        label={t("column.status")}
        options={STATUSES.map((each) => [each, term("status", each)])}
        chosen={STATUSES.filter((each) => status.includes(each))}
        onChange={(chosen) => onFilter(written(name, chosen))}
      />
    </div>
  );
}

function written(name: string, status: WorkloadStatus[]): JobFilter {
  return { ...(name.trim() && { name: name.trim() }), ...(status.length > 0 && { status }) };
}
