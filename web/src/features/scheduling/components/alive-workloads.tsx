import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Layers } from "lucide-react";

import { EmptyState } from "@/components/empty-state";
import { QueryView } from "@/components/query-view";
import { StatusBadge } from "@/components/status-badge";
import { textLinkClasses } from "@/components/text-link";
import { aliveWorkloadsQuery } from "@/features/scheduling/queries";
import type { Workload } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

import { Explanation } from "./explanation";

/** What runs and what waits, each with its reason. */
export function AliveWorkloads({ project, projectId }: { project: string; projectId: string }) {
  const { t, term } = useI18n();
  const query = useQuery(aliveWorkloadsQuery(projectId));
  return (
    <QueryView query={query}>
      {({ items }) =>
        items.length === 0 ? (
          <EmptyState
            icon={Layers}
            title={t("dashboard.idle")}
            about={t("dashboard.idleAbout")}
            command="trine job submit examples/lm.yaml"
          />
        ) : (
          <ul className="divide-y divide-border">
            {items.map((workload) => (
              <li key={workload.id} className="space-y-1 py-3 first:pt-0 last:pb-0">
                <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
                  <span className="min-w-0">
                    <WorkloadName project={project} workload={workload} />{" "}
                    <span className="text-xs text-muted-foreground">{term("kind", workload.kind)}</span>
                  </span>
                  <StatusBadge status={workload.phase ?? workload.status} />
                </div>
                <Explanation workloadId={workload.id} />
              </li>
            ))}
          </ul>
        )
      }
    </QueryView>
  );
}

function WorkloadName({ project, workload }: { project: string; workload: Workload }) {
  if (!workload.run_id) return <span className="font-medium wrap-anywhere">{workload.name}</span>;
  return (
    <Link
      to="/p/$project/experiments/runs/$runId"
      params={{ project, runId: workload.run_id }}
      className={textLinkClasses}
    >
      {workload.name}
    </Link>
  );
}
