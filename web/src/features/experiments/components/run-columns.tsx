import { Link } from "@tanstack/react-router";

import type { Column } from "@/components/data-table";
import { StatusBadge } from "@/components/status-badge";
import { textLinkClasses } from "@/components/text-link";
import { Ago } from "@/components/ago";
import { RunDuration } from "@/features/experiments/components/run-duration";
import type { Run } from "@/lib/api/types";
import type { I18n } from "@/lib/i18n/i18n-context";

export function runColumns(project: string, { t, term }: I18n): Column<Run>[] {
  return [
    {
      key: "name",
      header: t("column.name"),
      cell: (run) => (
        <Link to="/p/$project/experiments/runs/$runId" params={{ project, runId: run.id }} className={textLinkClasses}>
          {run.name}
        </Link>
      ),
    },
    {
      key: "kind",
      header: t("column.kind"),
      from: "md",
      cell: (run) => <span className="whitespace-nowrap">{term("kind", run.kind)}</span>,
    },
    { key: "status", header: t("column.status"), cell: (run) => <StatusBadge status={run.status} /> },
    { key: "duration", header: t("column.duration"), from: "lg", cell: (run) => <RunDuration run={run} /> },
    {
      key: "created",
      header: t("column.created"),
      from: "sm",
      align: "right",
      cell: (run) => <Ago when={run.created_at} />,
    },
  ];
}
