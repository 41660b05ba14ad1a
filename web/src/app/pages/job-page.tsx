import { useQuery } from "@tanstack/react-query";
import { Link, getRouteApi } from "@tanstack/react-router";

import { LinkTabs, linkTabClasses } from "@/components/link-tabs";
import { PageHeader } from "@/components/page-header";
import { PageQuery } from "@/components/page-query";
import { QueryView } from "@/components/query-view";
import { StatusBadge } from "@/components/status-badge";
import { RunArtifacts } from "@/features/experiments/components/run-artifacts";
import { RunCode } from "@/features/experiments/components/run-code";
import { RunCurves } from "@/features/experiments/components/run-curves";
import { RunFailure } from "@/features/experiments/components/run-failure";
import { RunLog } from "@/features/experiments/components/run-log";
import { RunParams } from "@/features/experiments/components/run-params";
import { runQuery } from "@/features/experiments/queries";
import { Explanation } from "@/features/scheduling/components/explanation";
import { WorkloadAttempts } from "@/features/scheduling/components/workload-attempts";
import { WorkloadEvents } from "@/features/scheduling/components/workload-events";
import { WorkloadResources } from "@/features/scheduling/components/workload-resources";
import { JobActions } from "@/features/training/components/job-actions";
import { JobCheckpoints } from "@/features/training/components/job-checkpoints";
import { JobCode } from "@/features/training/components/job-code";
import { trainingJobQuery } from "@/features/training/queries";
import type { RunDetail, TrainingJob } from "@/lib/api/types";
import { chartSearch, chartView } from "@/lib/chart-view";
import { useI18n } from "@/lib/i18n/i18n-context";

const route = getRouteApi("/p/$project/training/jobs/$jobId");
const TABS = [undefined, "logs", "work", "params", "artifacts"] as const;

export function JobPage() {
  const { t, format } = useI18n();
  const { project, jobId } = route.useParams();
  const { tab, ...charts } = route.useSearch();
  const query = useQuery(trainingJobQuery(jobId));
  return (
    <PageQuery query={query}>
      {(job) => (
        <>
          <PageHeader
            title={job.name}
            about={`${job.recipe} · ${format.dateTime(job.created_at)}`}
            badge={<StatusBadge status={job.workload.status} />}
            actions={<JobActions project={project} job={job} />}
          />
          <div className="mb-4">
            <Explanation workloadId={job.workload.id} />
          </div>
          <JobRun job={job}>
            {(run) => (
              <>
                <RunFailure run={run} />
                <LinkTabs label={t("job.parts")}>
                  {TABS.map((each) => (
                    <Link
                      key={each ?? "curves"}
                      to="/p/$project/training/jobs/$jobId"
                      params={{ project, jobId }}
                      search={{ ...charts, ...(each && { tab: each }) }}
                      activeOptions={{ exact: true, includeSearch: true, explicitUndefined: true }}
                      className={linkTabClasses}
                    >
                      {t(`run.${each ?? "curves"}`)}
                    </Link>
                  ))}
                </LinkTabs>
                <Part job={job} run={run} tab={tab} />
              </>
            )}
          </JobRun>
        </>
      )}
    </PageQuery>
  );
}

function JobRun({ job, children }: { job: TrainingJob; children: (run: RunDetail) => React.ReactNode }) {
  const query = useQuery(runQuery(job.run_id));
  return <QueryView query={query}>{children}</QueryView>;
}

function Part({ job, run, tab }: { job: TrainingJob; run: RunDetail; tab: (typeof TABS)[number] }) {
  const charts = route.useSearch();
  const { current } = route.useRouteContext();
  const navigate = route.useNavigate();
  switch (tab) {
    case "params":
      return <RunParams run={run} />;
    case "logs":
      return <RunLog run={run} />;
    case "artifacts":
      return <RunArtifacts runId={run.id} />;
    case "work":
      return (
        <div className="grid gap-4 xl:grid-cols-2">
          <div className="min-w-0 space-y-4">
            <WorkloadAttempts workload={job.workload} />
            <WorkloadResources bundles={job.workload.bundles} />
            <JobCheckpoints job={job} organization={current.org_id} />
            <JobCode job={job} tags={run.tags} />
            <RunCode project={job.project_id} runId={run.id} />
          </div>
          <WorkloadEvents workload={job.workload} />
        </div>
      );
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
