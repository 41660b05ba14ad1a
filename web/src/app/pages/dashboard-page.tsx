import { getRouteApi } from "@tanstack/react-router";

import { QuickActions } from "@/app/pages/quick-actions";
import { Totals } from "@/app/pages/totals";
import { PageHeader } from "@/components/page-header";
import { Card } from "@/components/ui/card";
import { ActivityList } from "@/features/activity/components/activity-list";
import { LatestRuns } from "@/features/experiments/components/latest-runs";
import { NewestCurve } from "@/features/experiments/components/newest-curve";
import { AliveWorkloads } from "@/features/scheduling/components/alive-workloads";
import { NodesCard } from "@/features/scheduling/components/nodes-card";
import { MonthUse } from "@/features/quotas/components/month-use";
import { UtilizationCard } from "@/features/scheduling/components/utilization-card";
import { WorkloadCounts } from "@/features/scheduling/components/workload-counts";
import { useI18n } from "@/lib/i18n/i18n-context";
import { mayWork } from "@/lib/roles";
import { readSpanSearch } from "@/lib/time-span";

const route = getRouteApi("/p/$project/");

export function DashboardPage() {
  const { t } = useI18n();
  const { project } = route.useParams();
  const { me, current } = route.useRouteContext();
  const { span } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <>
      <PageHeader
        title={t("nav.dashboard")}
        about={current.description || undefined}
        actions={mayWork(me.roles[current.org_id]) && <QuickActions project={project} />}
      />
      <div className="space-y-4">
        <WorkloadCounts projectId={current.id} />
        <div className="grid gap-4 xl:grid-cols-3">
          <div className="min-w-0 space-y-4 xl:col-span-2">
            <UtilizationCard
              key={current.org_id}
              organization={current.org_id}
              span={span ?? "hour"}
              onSpan={(chosen) => void navigate({ search: readSpanSearch({ span: chosen }), replace: true })}
            />
            <NewestCurve project={project} />
            <Card title={t("dashboard.latestRuns")}>
              <LatestRuns project={project} />
            </Card>
          </div>
          <div className="min-w-0 space-y-4">
            <Card title={t("dashboard.alive")}>
              <AliveWorkloads project={project} projectId={current.id} />
            </Card>
            <Totals project={project} />
            <Card title={t("month.title")}>
              <MonthUse organization={current.org_id} projectId={current.id} />
            </Card>
            <NodesCard />
            <Card title={t("activity.title")}>
              <ActivityList projectId={current.id} />
            </Card>
          </div>
        </div>
      </div>
    </>
  );
}
