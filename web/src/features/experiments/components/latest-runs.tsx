import { useQuery } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";

import { DataTable } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { QueryView } from "@/components/query-view";
import { runColumns } from "@/features/experiments/components/run-columns";
import { latestRunsQuery } from "@/features/experiments/queries";
import { useI18n } from "@/lib/i18n/i18n-context";

export function LatestRuns({ project }: { project: string }) {
  const i18n = useI18n();
  const query = useQuery(latestRunsQuery(project));
  return (
    <QueryView query={query}>
      {({ items }) =>
        items.length === 0 ? (
          <EmptyState
            icon={FlaskConical}
            title={i18n.t("runs.none")}
            about={i18n.t("runs.noneAbout")}
            command="python -m train.main examples/lm.yaml"
          />
        ) : (
          <DataTable
            label={i18n.t("dashboard.latestRuns")}
            columns={runColumns(project, i18n)}
            rows={items}
            rowKey={(run) => run.id}
          />
        )
      }
    </QueryView>
  );
}
