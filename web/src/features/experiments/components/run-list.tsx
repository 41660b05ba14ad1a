import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FlaskConical, GitCompareArrows } from "lucide-react";
import { useCallback, useDeferredValue, useMemo, useState } from "react";

import { EmptyState } from "@/components/empty-state";
import { NoMatch } from "@/components/no-match";
import { ProblemNote } from "@/components/problem-note";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import type { RunColumn } from "@/features/experiments/column-text";
import { RunGrid } from "@/features/experiments/components/run-grid";
import { runsTableQuery } from "@/features/experiments/runs-queries";
import type { RunsSearch } from "@/features/experiments/runs-search";
import type { RunRow } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

const MOST_COMPARED = 12;

interface RunListProps {
  project: string;
  search: RunsSearch;
  columns: readonly RunColumn[];
  /** The beginning of the table where nothing narrows or sorts it. */
  newest: readonly RunRow[];
  /** How many there are, loaded or not. */
  total: number | undefined;
  /** Whether the filter was not understood, which is told beside it. */
  misread: boolean;
  onSort: (sort: string) => void;
}

/** The runs themselves; some of them are compared. */
export function RunList({ project, search, columns, newest, total, misread, onSort }: RunListProps) {
  const { t, format } = useI18n();
  const { filter = "", sort = "" } = search;
  const query = useInfiniteQuery(runsTableQuery(project, search, columns));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const beginning = filter || sort ? undefined : newest;
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? beginning, [query.data, beginning]);
  // The page is painted before its first rows, which are rendered in pieces: between them the browser answers.
  const arrived = useDeferredValue(rows !== undefined, false);
  const { error, hasNextPage, isFetching, fetchNextPage } = query;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);

  return (
    <>
      <div className="flex min-h-8 flex-wrap items-center gap-x-4 gap-y-2">
        <p role="status" className="tabular mr-auto text-xs text-muted-foreground" data-total="runs">
          {total !== undefined && t("runs.count", { count: format.count(total) })}
          {chosen.size > 0 && ` · ${t("table.chosenCount", { count: format.count(chosen.size) })}`}
        </p>
        <Compare project={project} chosen={chosen} filter={filter} />
      </div>
      {error && !misread && <ProblemNote error={error} onRetry={() => void query.refetch()} />}
      {rows && arrived ? (
        rows.length > 0 ? (
          <RunGrid
            project={project}
            rows={rows}
            total={total}
            columns={columns}
            sort={sort}
            onSort={onSort}
            chosen={chosen}
            onChoose={setChosen}
            onEnd={onEnd}
          />
        ) : filter ? (
          <NoMatch />
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
    </>
  );
}

function Compare({ project, chosen, filter }: { project: string; chosen: ReadonlySet<string>; filter: string }) {
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
      <Link
        to="/p/$project/experiments/compare"
        params={{ project }}
        search={{ runs: [...chosen], ...(filter && { filter }) }}
      >
        {inner}
      </Link>
    </Button>
  );
}
