import { Link } from "@tanstack/react-router";

import { type Column, DataTable } from "@/components/data-table";
import { StatusBadge } from "@/components/status-badge";
import { textLinkClasses } from "@/components/text-link";
import { Select } from "@/components/ui/select";
import { type TrialOrder, TRIAL_ORDERS, ordered } from "@/features/tuning/trial-order";
import type { Study, Trial } from "@/lib/api/types";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";

interface TrialsTableProps {
  project: string;
  study: Study;
  trials: readonly Trial[];
  order: TrialOrder;
  onOrder: (order: TrialOrder) => void;
}

/** Every trial of a study. */
export function TrialsTable({ project, study, trials, order, onOrder }: TrialsTableProps) {
  const i18n = useI18n();
  const { t, term } = i18n;
  return (
    <div className="space-y-3">
      <Select
        label={t("table.order")}
        value={order}
        options={TRIAL_ORDERS.map((each) => [each, term("trialOrder", each)])}
        onChange={onOrder}
        className="w-48"
      />
      <DataTable
        label={t("study.trials")}
        columns={columns(project, study, i18n)}
        rows={ordered(trials, order, study.mode)}
        rowKey={(trial) => trial.id}
      />
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
    ...Object.keys(study.spec["space"] ?? {}).map((name): Column<Trial> => ({
      key: `param ${name}`,
      header: name,
      from: "md",
      cell: ({ params }) => <span className="font-mono text-xs">{shown(params[name], format.value)}</span>,
    })),
    {
      key: "value",
      header: study.metric,
      align: "right",
      cell: (trial) => (trial.value == null ? "–" : format.value(trial.value)),
    },
  ];
}

function shown(value: unknown, number: (value: number) => string): string {
  if (value === undefined) return "–";
  if (typeof value === "number") return number(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}
