import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChartLine } from "lucide-react";

import { Curve } from "@/components/curve";
import { EmptyState } from "@/components/empty-state";
import { StatusBadge } from "@/components/status-badge";
import { textLinkClasses } from "@/components/text-link";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { hasEnded, latestRunsQuery, runQuery, seriesQuery } from "@/features/experiments/queries";
import type { Run, RunDetail } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

const CANDIDATES = 5;

/** The loss of the newest run that has one; of a run that goes on, if there is any. */
export function NewestCurve({ project }: { project: string }) {
  const { t } = useI18n();
  const latest = useQuery(latestRunsQuery(project));
  const candidates = goingOnFirst(latest.data?.items ?? []).slice(0, CANDIDATES);
  const details = useQueries({ queries: candidates.map((run) => runQuery(run.id)) });
  const run = details.find((detail) => detail.data && detail.data.metrics.length > 0)?.data;
  const waiting = latest.isPending || (!run && details.some((detail) => detail.isPending));

  return (
    <Card
      title={t("dashboard.newestCurve")}
      aside={
        run && (
          <span className="flex min-w-0 flex-wrap items-center gap-2">
            <Link
              to="/p/$project/experiments/runs/$runId"
              params={{ project, runId: run.id }}
              className={textLinkClasses}
            >
              {run.name}
            </Link>
            <StatusBadge status={run.status} />
          </span>
        )
      }
    >
      {run ? (
        <RunCurve run={run} />
      ) : waiting ? (
        <Skeleton className="h-60" />
      ) : (
        <EmptyState icon={ChartLine} title={t("curve.none")} about={t("curve.noneAbout")} />
      )}
    </Card>
  );
}

function RunCurve({ run }: { run: RunDetail }) {
  const queryClient = useQueryClient();
  const name = mainMetric(run.metrics.map((metric) => metric.name));
  const { data } = useQuery(seriesQuery(queryClient, run.id, name ? [name] : [], !hasEnded(run)));
  const series = data?.[0];
  return series ? <Curve series={series} /> : <Skeleton className="h-60" />;
}

function goingOnFirst(runs: readonly Run[]): Run[] {
  return [...runs].sort((a, b) => Number(b.status === "running") - Number(a.status === "running"));
}

function mainMetric(names: readonly string[]): string | undefined {
  const wanted = ["loss", "train/loss", "return/mean"];
  return wanted.find((name) => names.includes(name)) ?? names.find((name) => name.includes("loss")) ?? names[0];
}
