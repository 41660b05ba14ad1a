import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { PageHeader } from "@/components/page-header";
import { PageQuery } from "@/components/page-query";
import { StatusBadge } from "@/components/status-badge";
import { Explanation } from "@/features/scheduling/components/explanation";
import { CancelSimulation } from "@/features/simulation/components/cancel-simulation";
import { ReportView } from "@/features/simulation/components/report-view";
import { simulationQuery } from "@/features/simulation/queries";
import { mayWork } from "@/lib/roles";

const route = getRouteApi("/p/$project/simulation/$simulationId");

export function SimulationPage() {
  const { simulationId } = route.useParams();
  const { me, current } = route.useRouteContext();
  const query = useQuery(simulationQuery(simulationId));
  return (
    <PageQuery query={query}>
      {(simulation) => (
        <>
          <PageHeader
            title={simulation.name}
            about={simulation.environment}
            badge={<StatusBadge status={simulation.workload.status} />}
            actions={mayWork(me.roles[current.org_id]) && <CancelSimulation simulation={simulation} />}
          />
          <div className="space-y-4">
            <Explanation workloadId={simulation.workload.id} />
            <ReportView simulation={simulation} />
          </div>
        </>
      )}
    </PageQuery>
  );
}
