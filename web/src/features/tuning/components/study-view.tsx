import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { type Column, DataTable } from "@/components/data-table";
import { KeyValues } from "@/components/key-values";
import { QueryView } from "@/components/query-view";
import { StatusBadge } from "@/components/status-badge";
import { textLinkClasses } from "@/components/text-link";
import { Card } from "@/components/ui/card";
import { isLive, trialsQuery } from "@/features/tuning/queries";
import type { Study, Trial } from "@/lib/api/types";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";

/** The best configuration so far, and every trial. */
export function StudyView({ project, study }: { project: string; study: Study }) {
  const i18n = useI18n();
  const { t, format } = i18n;
  const trials = useQuery(trialsQuery(study.id, isLive(study)));
  const best = study.best;
  return (
    <div className="space-y-4">
      <Card
        title={t("study.best")}
        aside={
          best?.value != null && (
            <span className="tabular text-xs">
              {study.metric} <strong data-best>{format.value(best.value)}</strong>
            </span>
          )
        }
      >
        {best ? (
          <KeyValues entries={Object.entries(best.params).map(([name, value]) => [name, shown(value, format.value)])} />
        ) : (
          <p className="text-muted-foreground">{t("study.noBest")}</p>
        )}
      </Card>
      <Card title={t("study.trials")}>
        <QueryView query={trials}>
          {(rows) =>
            rows.length === 0 ? (
              <p className="text-muted-foreground">{t("study.noTrials")}</p>
            ) : (
              <DataTable
                label={t("study.trials")}
                columns={columns(project, study, i18n)}
                rows={rows}
                rowKey={(trial) => trial.id}
              />
            )
          }
        </QueryView>
      </Card>
    </div>
  );
}

function columns(project: string, study: Study, { t, format }: I18n): Column<Trial>[] {
  return [
    {
      key: "number",
      header: t("study.trial"),
      cell: (trial) => (
        <Link
          to="/p/$project/experiments/runs/$runId"
          params={{ project, runId: trial.run_id }}
          className={textLinkClasses}
        >
          #{trial.number}
        </Link>
      ),
    },
    { key: "status", header: t("column.status"), cell: (trial) => <StatusBadge status={trial.status} /> },
    {
      key: "params",
      header: t("run.params"),
      from: "md",
      cell: (trial) => (
        <span className="font-mono text-xs wrap-anywhere">
          {Object.entries(trial.params)
            .map(([name, value]) => `${name}=${shown(value, format.value)}`)
            .join("  ")}
        </span>
      ),
    },
    {
      key: "value",
      header: study.metric,
      align: "right",
      cell: (trial) => (trial.value == null ? "–" : format.value(trial.value)),
    },
  ];
}

function shown(value: unknown, number: (value: number) => string): string {
  if (typeof value === "number") return number(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}
