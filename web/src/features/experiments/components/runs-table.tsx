import { useInfiniteQuery } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";

import { EmptyState } from "@/components/empty-state";
import { PagedTable } from "@/components/paged-table";
import { runColumns } from "@/features/experiments/components/run-columns";
import { runsQuery } from "@/features/experiments/queries";
import { useI18n } from "@/lib/i18n/i18n-context";

export function RunsTable({ project }: { project: string }) {
  const i18n = useI18n();
  const query = useInfiniteQuery(runsQuery(project));
  return (
    <PagedTable
      label={i18n.t("runs.title")}
      query={query}
      columns={runColumns(project, i18n)}
      empty={
        <EmptyState
          icon={FlaskConical}
          title={i18n.t("runs.none")}
          about={i18n.t("runs.noneAbout")}
          command={'import trine\nrun = trine.init(experiment="first")\nrun.log({"loss": 0.3}, step=1)\nrun.finish()'}
        />
      }
    />
  );
}
