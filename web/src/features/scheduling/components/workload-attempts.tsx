import { useQuery } from "@tanstack/react-query";

import { type Column, DataTable } from "@/components/data-table";
import { QueryView } from "@/components/query-view";
import { StatusBadge } from "@/components/status-badge";
import { Card } from "@/components/ui/card";
import { type Attempt, attempts, heldSeconds } from "@/features/scheduling/attempts";
import { hasEnded, workloadEventsQuery } from "@/features/scheduling/queries";
import type { Workload } from "@/lib/api/types";
import { useNow } from "@/lib/clock";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";
import { reasonText } from "@/lib/reason-text";

/** The attempts of a workload, and what they took. */
export function WorkloadAttempts({ workload }: { workload: Workload }) {
  const i18n = useI18n();
  const { t, format } = i18n;
  const live = !hasEnded(workload);
  const query = useQuery(workloadEventsQuery(workload.id, live));
  const now = useNow(live);
  return (
    <Card
      title={t("work.attempts")}
      aside={
        <span className="tabular text-xs text-muted-foreground">
          {t("work.attemptOf", { attempt: workload.attempt, most: workload.max_attempts })}
        </span>
      }
    >
      <QueryView query={query}>
        {({ items }) => {
          const rows = attempts(items);
          const seconds = rows.reduce((sum, attempt) => sum + heldSeconds(attempt, now), 0);
          return (
            <>
              <DataTable
                label={t("work.attempts")}
                columns={columns(i18n, now)}
                rows={[...rows].reverse()}
                rowKey={(attempt) => String(attempt.number)}
              />
              <p className="tabular mt-3 text-xs text-muted-foreground" data-cost>
                {t("work.cost", {
                  cpu: format.duration(seconds * total(workload, "cpu")),
                  gpu: format.duration(seconds * total(workload, "gpu")),
                })}{" "}
                {t("work.noPrice")}
              </p>
            </>
          );
        }}
      </QueryView>
    </Card>
  );
}

function total({ bundles }: Workload, what: "cpu" | "gpu"): number {
  return bundles.reduce((sum, bundle) => sum + bundle[what], 0);
}

function columns({ t, term, format }: I18n, now: number): Column<Attempt>[] {
  return [
    { key: "number", header: t("column.attempt"), cell: (attempt) => `#${attempt.number}` },
    { key: "status", header: t("column.status"), cell: (attempt) => <StatusBadge status={attempt.status} /> },
    {
      key: "reason",
      header: t("column.reason"),
      from: "sm",
      cell: (attempt) => <span className="wrap-anywhere text-muted-foreground">{reasonText(term, attempt)}</span>,
    },
    {
      key: "started",
      header: t("column.started"),
      from: "md",
      cell: ({ startedAt }) => (startedAt ? format.dateTime(startedAt) : "–"),
    },
    {
      key: "held",
      header: t("column.held"),
      align: "right",
      cell: (attempt) => format.duration(heldSeconds(attempt, now)),
    },
  ];
}
