import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";

import { Curves } from "@/components/curve";
import { Skeleton } from "@/components/ui/skeleton";
import { seriesQuery } from "@/features/experiments/queries";
import type { ChartView } from "@/lib/chart-view";
import { useI18n } from "@/lib/i18n/i18n-context";
import type { Line } from "@/lib/lines";
import type { Series } from "@/lib/series";

interface OverlaidRun {
  id: string;
  name: string;
  /** Index of its colour. */
  colour: number;
  live: boolean;
}

interface OverlayChartProps {
  metric: string;
  runs: readonly OverlaidRun[];
  view?: ChartView;
}

/** One metric of several runs in one chart. */
export function OverlayChart({ metric, runs, view }: OverlayChartProps) {
  const { t } = useI18n();
  const queryClient = useQueryClient();
  const names = useMemo(() => [metric], [metric]);
  const { series, waiting } = useQueries({
    queries: runs.map((run) => seriesQuery(queryClient, run.id, names, run.live)),
    combine: together,
  });
  const lines = useMemo(
    () =>
      runs.flatMap(({ id, name, colour }, index): Line[] => {
        const found = series[index];
        return found && found.steps.length > 0 ? [{ key: id, label: name, colour, series: found }] : [];
      }),
    [runs, series],
  );
  if (lines.length === 0) {
    return waiting ? <Skeleton className="h-60" /> : <p className="text-muted-foreground">{t("curve.none")}</p>;
  }
  return <Curves title={metric} lines={lines} {...(view && { view })} />;
}

function together(results: readonly { data: Series[] | undefined; isPending: boolean }[]) {
  return {
    series: results.map((result) => result.data?.[0]),
    waiting: results.some((result) => result.isPending),
  };
}
