import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ChartLine } from "lucide-react";

import { Curve } from "@/components/curve";
import { EmptyState } from "@/components/empty-state";
import { QueryView } from "@/components/query-view";
import { hasEnded, seriesQuery } from "@/features/experiments/queries";
import type { RunDetail } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

const AT_MOST = 100;

export function RunCurves({ run }: { run: RunDetail }) {
  const { t } = useI18n();
  const queryClient = useQueryClient();
  const names = run.metrics.map((metric) => metric.name).slice(0, AT_MOST);
  const query = useQuery(seriesQuery(queryClient, run.id, names, !hasEnded(run)));
  if (names.length === 0) {
    return <EmptyState icon={ChartLine} title={t("curve.none")} about={t("curve.noneAbout")} />;
  }
  return (
    <QueryView query={query} waiting="h-60">
      {(series) => (
        <div className="grid gap-6 md:grid-cols-2 2xl:grid-cols-3">
          {series.map((each) => (
            <div key={each.name} className="min-w-0 rounded-lg border border-border bg-card p-4">
              <Curve series={each} />
            </div>
          ))}
        </div>
      )}
    </QueryView>
  );
}
