import { useQuery } from "@tanstack/react-query";
import { Columns3, Group } from "lucide-react";
import { useMemo } from "react";

import { ProblemNote } from "@/components/problem-note";
import { Skeleton } from "@/components/ui/skeleton";
import { type RunColumn, columnText, readColumn } from "@/features/experiments/column-text";
import { ColumnChoice } from "@/features/experiments/components/column-choice";
import { FilterBox } from "@/features/experiments/components/filter-box";
import { RunGroups } from "@/features/experiments/components/run-groups";
import { RunList } from "@/features/experiments/components/run-list";
import { SavedViews } from "@/features/experiments/components/saved-views";
import { columnsQuery, runsCountQuery } from "@/features/experiments/runs-queries";
import { MOST_GROUPED_BY, type RunsSearch, readRunsSearch } from "@/features/experiments/runs-search";
import { Problem } from "@/lib/api/problem";
import { useI18n } from "@/lib/i18n/i18n-context";

/** Columns that are shown until somebody chooses. */
const FIRST_COLUMNS = 3;
/** Metrics of groups: the platform tells no more at once. */
const MOST_SPREADS = 20;

interface RunsTableProps {
  project: string;
  search: RunsSearch;
  onSearch: (search: RunsSearch) => void;
}

/** Every run of a project: filtered, in any order, with the columns that one wants, or in groups. */
export function RunsTable({ project, search, onSearch }: RunsTableProps) {
  const { t } = useI18n();
  const { filter = "" } = search;
  const known = useQuery(columnsQuery(project));
  const count = useQuery(runsCountQuery(project, filter));
  const columns = useMemo(() => chosenColumns(search, known.data?.columns), [search, known.data]);
  const by = useMemo(() => (search.by ?? []).flatMap((text) => readColumn(text) ?? []), [search.by]);
  const change = (part: RunsSearch) => onSearch(readRunsSearch({ ...search, ...part }));
  const misread = count.error instanceof Problem && count.error.fields["filter"] !== undefined;
  return (
    <div className="space-y-3 py-2">
      <div className="flex flex-wrap items-start gap-2">
        <FilterBox value={filter} error={misread ? count.error : null} onChange={(text) => change({ filter: text })} />
        <ColumnChoice
          label={t("runs.columns")}
          icon={Columns3}
          known={known.data?.columns ?? []}
          shown={columns}
          onChange={(shown) => change({ columns: shown.map(columnText) })}
        />
        <ColumnChoice
          label={t("runs.groupBy")}
          icon={Group}
          known={known.data?.columns.filter(({ place }) => place !== "metrics") ?? []}
          shown={by}
          most={MOST_GROUPED_BY}
          onChange={(shown) => change({ by: shown.map(columnText) })}
        />
        <SavedViews project={project} search={search} onChoose={onSearch} />
      </div>
      {known.error && !known.data ? (
        <ProblemNote error={known.error} onRetry={() => void known.refetch()} />
      ) : !known.data ? (
        <Skeleton className="h-40" />
      ) : by.length > 0 ? (
        !misread && (
          <RunGroups
            project={project}
            search={search}
            by={by}
            metrics={columns.filter(({ place }) => place === "metrics").slice(0, MOST_SPREADS)}
            onSort={(sort) => change({ sort })}
          />
        )
      ) : (
        <RunList
          project={project}
          search={search}
          columns={columns}
          newest={known.data.newest}
          total={count.data?.runs}
          misread={misread}
          onSort={(sort) => change({ sort })}
        />
      )}
    </div>
  );
}

function chosenColumns({ columns }: RunsSearch, known: readonly RunColumn[] = []): RunColumn[] {
  if (columns) return columns.flatMap((text) => readColumn(text) ?? []);
  return known.filter(({ place, name }) => place === "metrics" && !name.startsWith("system/")).slice(0, FIRST_COLUMNS);
}
