import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import type { Column } from "@/components/data-table";
import { NoMatch } from "@/components/no-match";
import { PagedTable } from "@/components/paged-table";
import { textLinkClasses } from "@/components/text-link";
import { type RunColumn, columnText } from "@/features/experiments/column-text";
import { ascending, turned } from "@/features/experiments/group-sort";
import { runsGroupsQuery } from "@/features/experiments/runs-queries";
import type { RunsSearch } from "@/features/experiments/runs-search";
import { valueText } from "@/features/experiments/value-text";
import type { RunsGroup } from "@/lib/api/types";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";

type Group = RunsGroup & { id: string };
type Spread = RunsGroup["metrics"][number];

interface RunGroupsProps {
  project: string;
  search: RunsSearch;
  /** What runs of a group have in common. */
  by: readonly RunColumn[];
  metrics: readonly RunColumn[];
  onSort: (sort: string) => void;
}

/** Runs in groups of the same parameters and tags: how many, and how their metrics spread. */
export function RunGroups({ project, search, by, metrics, onSort }: RunGroupsProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const names = { by: by.map(columnText), metrics: metrics.map(columnText) };
  const { sort = "" } = search;
  // The table of runs may be sorted by what groups do not have.
  const sorted = [...names.by, ...names.metrics].includes(ascending(sort)) ? sort : "";
  const query = useInfiniteQuery(runsGroupsQuery(project, { ...search, sort: sorted }, names.by, names.metrics));
  return (
    // It is wider than a phone: it scrolls, so the keyboard must reach it.
    <div className="overflow-x-auto" tabIndex={0} role="group" aria-label={t("runs.groups")}>
      <PagedTable
        label={t("runs.groups")}
        query={query}
        columns={[...by.map(keyColumn(i18n)), runsColumn(project, search, i18n), ...metrics.map(metricColumn(i18n))]}
        sorting={{ by: turned(sorted), onChange: (next) => onSort(turned(next)) }}
        empty={<NoMatch />}
      />
    </div>
  );
}

function keyColumn({ format }: I18n) {
  return (column: RunColumn, at: number): Column<Group> => ({
    key: columnText(column),
    header: column.name,
    sort: columnText(column),
    cell: ({ keys }) => (
      <span className="inline-block min-w-14 font-mono text-xs wrap-anywhere">
        {valueText(keys[at] ?? undefined, format.value)}
      </span>
    ),
  });
}

function runsColumn(project: string, { by, ...search }: RunsSearch, { t, format }: I18n): Column<Group> {
  return {
    key: "runs",
    header: t("runs.title"),
    align: "right",
    cell: ({ runs, filter }) => {
      const text = t("runs.count", { count: format.count(runs) });
      if (filter === null || !by) return text;
      return (
        <Link
          to="/p/$project/experiments"
          params={{ project }}
          search={{ ...search, filter }}
          className={`${textLinkClasses} whitespace-nowrap`}
        >
          {text}
        </Link>
      );
    },
  };
}

function metricColumn(i18n: I18n) {
  return (column: RunColumn, at: number): Column<Group> => ({
    key: columnText(column),
    header: column.name,
    sort: columnText(column),
    align: "right",
    cell: ({ metrics, runs }) => {
      const spread = metrics[at];
      return spread ? <SpreadCell spread={spread} runs={runs} i18n={i18n} /> : "–";
    },
  });
}

function SpreadCell({ spread, runs, i18n: { t, format } }: { spread: Spread; runs: number; i18n: I18n }) {
  const { count, mean, deviation, minimum, maximum, others } = spread;
  if (mean === null) return others > 0 ? t("runs.notFinite", { count: others }) : "–";
  return (
    <span className="tabular whitespace-nowrap">
      {format.value(mean)}
      {deviation !== null && <span className="text-muted-foreground"> ± {format.value(deviation)}</span>}
      <span className="block text-xs text-muted-foreground">
        {minimum !== null && maximum !== null && minimum < maximum && (
          <>
            {format.value(minimum)} … {format.value(maximum)}
          </>
        )}
        {count < runs && ` · ${t("runs.ofRuns", { count, total: runs })}`}
      </span>
    </span>
  );
}
