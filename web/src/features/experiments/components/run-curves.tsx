import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ChartLine } from "lucide-react";
import { useDeferredValue, useRef, useState } from "react";

import { ChartControls } from "@/components/chart-controls";
import { Curve } from "@/components/curve";
import { EmptyState } from "@/components/empty-state";
import { InView, useNear } from "@/components/in-view";
import { ProblemNote } from "@/components/problem-note";
import { SearchField } from "@/components/search-field";
import { Skeleton } from "@/components/ui/skeleton";
import { metricGroups, portions } from "@/features/experiments/metric-groups";
import { hasEnded, seriesQuery } from "@/features/experiments/queries";
import type { RunDetail } from "@/lib/api/types";
import type { ChartView } from "@/lib/chart-view";
import { useI18n } from "@/lib/i18n/i18n-context";

/** Curves that are asked for together. */
const TOGETHER = 12;
/** Pixels that a chart with its title and its frame takes. */
const CHART_PX = 286;

interface RunCurvesProps {
  run: RunDetail;
  view: ChartView;
  onView: (view: ChartView) => void;
}

/** Every curve of a run. Only those near the window are asked for and drawn. */
export function RunCurves({ run, view, onView }: RunCurvesProps) {
  const { t, format } = useI18n();
  const [sought, setSought] = useState("");
  const drawn = useDeferredValue(view);
  if (run.metrics.length === 0) {
    return <EmptyState icon={ChartLine} title={t("curve.none")} about={t("curve.noneAbout")} />;
  }
  const groups = metricGroups(
    run.metrics.map((metric) => metric.name),
    sought,
  );
  return (
    <div className="space-y-6">
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <ChartControls view={view} onChange={onView} />
        <SearchField label={t("chart.search")} value={sought} onChange={setSought} className="w-full sm:w-64" />
      </div>
      {groups.length === 0 && <p className="text-muted-foreground">{t("table.noMatch")}</p>}
      {groups.map((group) => (
        <section key={group.prefix} aria-label={group.prefix || t("run.curves")} className="space-y-4">
          {(groups.length > 1 || group.prefix) && (
            <h2 className="font-semibold">
              {group.prefix || t("chart.ungrouped")}{" "}
              <span className="tabular text-xs font-normal text-muted-foreground">
                {format.count(group.names.length)}
              </span>
            </h2>
          )}
          {portions(group.names, TOGETHER).map((names) => (
            <Portion key={names.join()} run={run} names={names} view={drawn} />
          ))}
        </section>
      ))}
    </div>
  );
}

function Portion({ run, names, view }: { run: RunDetail; names: readonly string[]; view: ChartView }) {
  const place = useRef<HTMLDivElement>(null);
  const near = useNear(place);
  const queryClient = useQueryClient();
  const query = useQuery({ ...seriesQuery(queryClient, run.id, names, near && !hasEnded(run)), enabled: near });
  const series = new Map(query.data?.map((each) => [each.name, each]));
  return (
    <div ref={place} className="grid gap-4 md:grid-cols-2 2xl:grid-cols-3">
      {query.error && !query.data && <ProblemNote error={query.error} onRetry={() => void query.refetch()} />}
      {names.map((name) => {
        const found = series.get(name);
        return (
          <div key={name} className="min-w-0 rounded-lg border border-border bg-card p-4">
            <InView height={CHART_PX - 34}>
              {found ? <Curve series={found} view={view} /> : <Skeleton className="h-60" />}
            </InView>
          </div>
        );
      })}
    </div>
  );
}
