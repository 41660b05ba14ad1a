import { useQuery } from "@tanstack/react-query";

import { QueryView } from "@/components/query-view";
import { workloadCountsQuery } from "@/features/scheduling/queries";
import { cn } from "@/lib/class-names";
import { useI18n } from "@/lib/i18n/i18n-context";

const SHOWN = [
  ["running", ["running", "stopping"]],
  ["queued", ["queued", "preempted", "paused"]],
  ["starting", ["admitted", "starting"]],
  ["succeeded", ["succeeded"]],
  ["failed", ["failed"]],
  ["cancelled", ["cancelled"]],
] as const;

/** How many workloads of the project are in which state. */
export function WorkloadCounts({ projectId }: { projectId: string }) {
  const { t, term, format } = useI18n();
  const query = useQuery(workloadCountsQuery(projectId));
  return (
    <QueryView query={query} waiting="h-20">
      {(counts) => (
        <dl aria-label={t("dashboard.workloads")} className="grid grid-cols-3 gap-3 sm:grid-cols-6">
          {SHOWN.map(([shown, statuses]) => {
            const total = counts
              .filter((each) => (statuses as readonly string[]).includes(each.status))
              .reduce((sum, each) => sum + each.count, 0);
            return (
              <div key={shown} className="flex flex-col-reverse rounded-lg border border-border bg-card px-4 py-3">
                <dt className="text-xs text-muted-foreground">{term("status", shown)}</dt>
                <dd
                  data-count={shown}
                  className={cn("text-2xl font-semibold", shown === "failed" && total > 0 && "text-danger")}
                >
                  {format.count(total)}
                </dd>
              </div>
            );
          })}
        </dl>
      )}
    </QueryView>
  );
}
