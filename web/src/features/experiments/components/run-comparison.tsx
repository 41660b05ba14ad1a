import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useDeferredValue, useMemo, useState } from "react";

import { ChartControls } from "@/components/chart-controls";
import { InView } from "@/components/in-view";
import { ProblemNote } from "@/components/problem-note";
import { SearchField } from "@/components/search-field";
import { StatusBadge } from "@/components/status-badge";
import { textLinkClasses } from "@/components/text-link";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { comparisonQuery } from "@/features/experiments/comparison-queries";
import { CodeComparison } from "@/features/experiments/components/code-comparison";
import { OverlayChart } from "@/features/experiments/components/overlay-chart";
import { RunDifferences } from "@/features/experiments/components/run-differences";
import { RunRelations } from "@/features/experiments/components/run-relations";
import { RunsImportance } from "@/features/experiments/components/runs-importance";
import { metricGroups } from "@/features/experiments/metric-groups";
import { hasEnded, runQuery } from "@/features/experiments/queries";
import type { RunDetail } from "@/lib/api/types";
import type { ChartView } from "@/lib/chart-view";
import { useI18n } from "@/lib/i18n/i18n-context";
import { lineColour } from "@/lib/lines";

const CHART_PX = 270;

interface RunComparisonProps {
  project: string;
  runIds: readonly string[];
  /** Of the table of runs that they were chosen from. */
  filter: string;
  hideIdentical: boolean;
  onHideIdentical: (hide: boolean) => void;
  view: ChartView;
  onView: (view: ChartView) => void;
}

/** Runs beside each other: what they were given, how they went, and how the one goes with the other. */
export function RunComparison(props: RunComparisonProps) {
  const { project, runIds, filter, hideIdentical, onHideIdentical, view, onView } = props;
  const { t } = useI18n();
  const queries = useQueries({ queries: runIds.map((runId) => runQuery(runId)) });
  const comparison = useQuery(comparisonQuery(project, runIds));
  const error = [...queries, comparison].find((query) => query.error && !query.data)?.error;
  if (error) return <ProblemNote error={error} />;
  const runs = queries.flatMap((query) => query.data ?? []);
  if (runs.length < runIds.length || !comparison.data) return <Skeleton className="h-60" />;
  const metrics = comparison.data.metrics.map((metric) => metric.name);
  return (
    <div className="space-y-4">
      <ul className="flex flex-wrap gap-x-6 gap-y-2">
        {runs.map((run, index) => (
          <li key={run.id} className="flex min-w-0 items-center gap-2">
            <span
              aria-hidden
              className="size-2.5 shrink-0 rounded-full"
              style={{ background: `var(${lineColour(index)})` }}
            />
            <Link
              to="/p/$project/experiments/runs/$runId"
              params={{ project, runId: run.id }}
              className={textLinkClasses}
            >
              {run.name}
            </Link>
            <StatusBadge status={run.status} />
          </li>
        ))}
      </ul>
      <RunDifferences comparison={comparison.data} hideIdentical={hideIdentical} onHideIdentical={onHideIdentical} />
      <CodeComparison project={project} runs={comparison.data.runs} />
      <RunRelations
        runs={runs}
        params={comparison.data.params.filter((row) => !row.identical).map((row) => `params.${row.name}`)}
      />
      {metrics.length > 0 && <RunsImportance project={project} metrics={metrics} filter={filter} />}
      <Card title={t("run.curves")}>
        <Charts runs={runs} view={view} onView={onView} />
      </Card>
    </div>
  );
}

function Charts({ runs, view, onView }: { runs: readonly RunDetail[] } & Pick<RunComparisonProps, "view" | "onView">) {
  const { t } = useI18n();
  const [sought, setSought] = useState("");
  const drawn = useDeferredValue(view);
  // A run that goes on is read every second; its place in the charts is the same.
  const key = JSON.stringify(runs.map((run) => [run.id, run.name, hasEnded(run)]));
  const overlaid = useMemo(
    () =>
      (JSON.parse(key) as [string, string, boolean][]).map(([id, name, ended], colour) => ({
        id,
        name,
        colour,
        live: !ended,
      })),
    [key],
  );
  const names = metricGroups([...new Set(runs.flatMap((run) => run.metrics.map((metric) => metric.name)))], sought);
  return (
    <div className="space-y-4">
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <ChartControls view={view} onChange={onView} />
        <SearchField label={t("chart.search")} value={sought} onChange={setSought} className="w-full sm:w-64" />
      </div>
      <div className="grid gap-4 md:grid-cols-2 2xl:grid-cols-3">
        {names
          .flatMap((group) => group.names)
          .map((metric) => (
            <div key={metric} className="min-w-0 rounded-lg border border-border p-4">
              <InView height={CHART_PX}>
                <OverlayChart metric={metric} runs={overlaid} view={drawn} />
              </InView>
            </div>
          ))}
      </div>
    </div>
  );
}
