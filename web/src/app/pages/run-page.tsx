import { useQuery } from "@tanstack/react-query";
import { Link, getRouteApi } from "@tanstack/react-router";

import { LinkTabs, linkTabClasses } from "@/components/link-tabs";
import { PageHeader } from "@/components/page-header";
import { PageQuery } from "@/components/page-query";
import { StatusBadge } from "@/components/status-badge";
import { RunArtifacts } from "@/features/experiments/components/run-artifacts";
import { RunCode } from "@/features/experiments/components/run-code";
import { RunCurves } from "@/features/experiments/components/run-curves";
import { RunFailure } from "@/features/experiments/components/run-failure";
import { RunLog } from "@/features/experiments/components/run-log";
import { RunParams } from "@/features/experiments/components/run-params";
import { runQuery } from "@/features/experiments/queries";
import { Explanation } from "@/features/scheduling/components/explanation";
import type { RunDetail } from "@/lib/api/types";
import { chartSearch, chartView } from "@/lib/chart-view";
import { useI18n } from "@/lib/i18n/i18n-context";

const route = getRouteApi("/p/$project/experiments/runs/$runId");
const TABS = [undefined, "params", "logs", "artifacts"] as const;

export function RunPage() {
  const { t, term, format } = useI18n();
  const { project, runId } = route.useParams();
  const { tab, ...charts } = route.useSearch();
  const query = useQuery(runQuery(runId));
  return (
    <PageQuery query={query}>
      {(run) => (
        <>
          <PageHeader
            title={run.name}
            about={`${term("kind", run.kind)} · ${format.dateTime(run.created_at)}`}
            badge={<StatusBadge status={run.status} />}
          />
          {run.workload_id && (
            <div className="mb-4">
              <Explanation workloadId={run.workload_id} />
            </div>
          )}
          <RunFailure run={run} />
          <LinkTabs label={t("run.parts")}>
            {TABS.map((each) => (
              <Link
                key={each ?? "curves"}
                to="/p/$project/experiments/runs/$runId"
                params={{ project, runId }}
                search={{ ...charts, ...(each && { tab: each }) }}
                activeOptions={{ exact: true, includeSearch: true, explicitUndefined: true }}
                className={linkTabClasses}
              >
                {t(`run.${each ?? "curves"}`)}
              </Link>
            ))}
          </LinkTabs>
          <Part run={run} tab={tab} />
        </>
      )}
    </PageQuery>
  );
}

function Part({ run, tab }: { run: RunDetail; tab: (typeof TABS)[number] }) {
  const charts = route.useSearch();
  const navigate = route.useNavigate();
  switch (tab) {
    case "params":
      return (
        <div className="space-y-4">
          <RunParams run={run} />
          <RunCode project={run.project_id} runId={run.id} />
        </div>
      );
    case "logs":
      return <RunLog run={run} />;
    case "artifacts":
      return <RunArtifacts runId={run.id} />;
    case undefined:
      return (
        <RunCurves
          run={run}
          view={chartView(charts)}
          onView={(view) => void navigate({ search: chartSearch(view), replace: true, resetScroll: false })}
        />
      );
  }
}
