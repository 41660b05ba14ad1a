import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FlaskConical, GitCompareArrows, SearchX } from "lucide-react";
import { useCallback, useDeferredValue, useMemo, useState } from "react";

import { EmptyState } from "@/components/empty-state";
import { ProblemNote } from "@/components/problem-note";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { type RunColumn, columnText, readColumn } from "@/features/experiments/column-text";
import { ColumnChoice } from "@/features/experiments/components/column-choice";
import { FilterBox } from "@/features/experiments/components/filter-box";
import { RunGrid } from "@/features/experiments/components/run-grid";
import { SavedViews } from "@/features/experiments/components/saved-views";
import { columnsQuery, runsCountQuery, runsTableQuery } from "@/features/experiments/runs-queries";
import type { RunsSearch } from "@/features/experiments/runs-search";
import { Problem } from "@/lib/api/problem";
import { useI18n } from "@/lib/i18n/i18n-context";

/** Columns that are shown until somebody chooses. */
const FIRST_COLUMNS = 3;
const MOST_COMPARED = 12;

interface RunsTableProps {
  project: string;
  search: RunsSearch;
  onSearch: (search: RunsSearch) => void;
}

/** Every run of a project: filtered, in any order, with the columns that one wants; some of them are compared. */
export function RunsTable({ project, search, onSearch }: RunsTableProps) {
  const { t, format } = useI18n();
  const { filter = "", sort = "" } = search;
  const known = useQuery(columnsQuery(project));
  const columns = useMemo(() => chosenColumns(search, known.data?.columns), [search, known.data]);
  const query = useInfiniteQuery({ ...runsTableQuery(project, search, columns), enabled: known.data !== undefined });
  const count = useQuery(runsCountQuery(project, filter));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  // What was read to learn the columns is the beginning of the table, where nothing narrows or sorts it.
  const beginning = filter || sort ? undefined : known.data?.newest;
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? beginning, [query.data, beginning]);
  // The page is painted before its first rows, which are rendered in pieces: between them the browser answers.
  const arrived = useDeferredValue(rows !== undefined, false);
  const { hasNextPage, isFetching, fetchNextPage } = query;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const change = (part: RunsSearch) => onSearch(written({ ...search, ...part }));
  const error = known.error ?? query.error;
  const misread = error instanceof Problem && error.fields["filter"] !== undefined;

  return (
    <div className="space-y-3 py-2">
      <div className="flex flex-wrap items-start gap-2">
        <FilterBox value={filter} error={misread ? error : null} onChange={(text) => change({ filter: text })} />
        <ColumnChoice
          known={known.data?.columns ?? []}
          shown={columns}
          onChange={(shown) => onSearch(written({ ...search, columns: shown.map(columnText) }))}
        />
        <SavedViews project={project} search={search} onChoose={onSearch} />
      </div>
      <div className="flex min-h-8 flex-wrap items-center gap-x-4 gap-y-2">
        <p role="status" className="tabular mr-auto text-xs text-muted-foreground" data-total="runs">
          {count.data && t("runs.count", { count: format.count(count.data.runs) })}
          {chosen.size > 0 && ` · ${t("table.chosenCount", { count: format.count(chosen.size) })}`}
        </p>
        <Compare project={project} chosen={chosen} />
      </div>
      {error && !misread && <ProblemNote error={error} onRetry={() => void query.refetch()} />}
      {rows && arrived ? (
        rows.length > 0 ? (
          <RunGrid
            project={project}
            rows={rows}
            total={count.data?.runs}
            columns={columns}
            sort={sort}
            onSort={(next) => change({ sort: next })}
            chosen={chosen}
            onChoose={setChosen}
            onEnd={onEnd}
          />
        ) : filter ? (
          <EmptyState icon={SearchX} title={t("table.noMatch")} about={t("table.noMatchAbout")} />
        ) : (
          <EmptyState
            icon={FlaskConical}
            title={t("runs.none")}
            about={t("runs.noneAbout")}
            command="python -m train.main examples/lm.yaml"
          />
        )
      ) : (
        !error && <Skeleton className="h-40" />
      )}
    </div>
  );
}

function Compare({ project, chosen }: { project: string; chosen: ReadonlySet<string> }) {
  const { t } = useI18n();
  const enough = chosen.size >= 2 && chosen.size <= MOST_COMPARED;
  const inner = (
    <>
      <GitCompareArrows aria-hidden />
      {t("compare.title")}
    </>
  );
  if (!enough) {
    return (
      <Button variant="outline" size="small" disabled title={t("compare.choose", { most: MOST_COMPARED })}>
        {inner}
      </Button>
    );
  }
  return (
    <Button variant="primary" size="small" asChild>
      <Link to="/p/$project/experiments/compare" params={{ project }} search={{ runs: [...chosen] }}>
        {inner}
      </Link>
    </Button>
  );
}

function chosenColumns({ columns }: RunsSearch, known: readonly RunColumn[] = []): RunColumn[] {
  if (columns) return columns.flatMap((text) => readColumn(text) ?? []);
  return known.filter(({ place, name }) => place === "metrics" && !name.startsWith("system/")).slice(0, FIRST_COLUMNS);
}

function written({ filter, sort, columns }: RunsSearch): RunsSearch {
  return { ...(filter && { filter }), ...(sort && { sort }), ...(columns && { columns }) };
}
