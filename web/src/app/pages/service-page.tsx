import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { PageHeader } from "@/components/page-header";
import { QueryView } from "@/components/query-view";
import { Card } from "@/components/ui/card";
import { DeploymentsList } from "@/features/inference/components/deployments-list";
import { Playground } from "@/features/inference/components/playground";
import { ServiceState } from "@/features/inference/components/service-state";
import { serviceQuery } from "@/features/inference/queries";
import { useI18n } from "@/lib/i18n/i18n-context";

const route = getRouteApi("/p/$project/inference/$serviceId");

export function ServicePage() {
  const { t } = useI18n();
  const { serviceId } = route.useParams();
  const query = useQuery(serviceQuery(serviceId));
  return (
    <QueryView query={query}>
      {(service) => (
        <>
          <PageHeader
            title={service.name}
            about={service.description || undefined}
            badge={<ServiceState serviceId={service.id} />}
          />
          <div className="grid gap-4 xl:grid-cols-2">
            <Card title={t("services.deployments")}>
              <DeploymentsList service={service} />
            </Card>
            <Card title={t("playground.title")}>
              <Playground model={service.name} />
            </Card>
          </div>
        </>
      )}
    </QueryView>
  );
}
