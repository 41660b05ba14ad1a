import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { PageHeader } from "@/components/page-header";
import { PageQuery } from "@/components/page-query";
import { Card } from "@/components/ui/card";
import { DeployDialog } from "@/features/inference/components/deploy-dialog";
import { DeploymentsList } from "@/features/inference/components/deployments-list";
import { Playground } from "@/features/inference/components/playground";
import { RemoveService } from "@/features/inference/components/remove-service";
import { ServiceFigures } from "@/features/inference/components/service-figures";
import { ServiceState } from "@/features/inference/components/service-state";
import { serviceQuery } from "@/features/inference/queries";
import { modelsQuery } from "@/features/registry/queries";
import { useI18n } from "@/lib/i18n/i18n-context";
import { mayWork } from "@/lib/roles";
import { readSpanSearch } from "@/lib/time-span";

const route = getRouteApi("/p/$project/inference/$serviceId");

export function ServicePage() {
  const { t } = useI18n();
  const { project, serviceId } = route.useParams();
  const { me, current } = route.useRouteContext();
  const { span } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(serviceQuery(serviceId));
  const models = useInfiniteQuery(modelsQuery(project));
  const works = mayWork(me.roles[current.org_id]);
  return (
    <PageQuery query={query}>
      {(service) => (
        <>
          <PageHeader
            title={service.name}
            about={service.description || undefined}
            badge={<ServiceState serviceId={service.id} />}
            actions={
              works && (
                <RemoveService
                  service={service}
                  onDone={() => void navigate({ to: "/p/$project/inference", params: { project } })}
                />
              )
            }
          />
          <div className="grid items-start gap-4 xl:grid-cols-2">
            <div className="min-w-0 space-y-4">
              <Card
                title={t("services.deployments")}
                aside={
                  works && (
                    <DeployDialog
                      serviceId={service.id}
                      models={models.data?.pages.flatMap(({ items }) => items) ?? []}
                    />
                  )
                }
              >
                <DeploymentsList service={service} />
              </Card>
              <ServiceFigures
                key={service.id}
                serviceId={service.id}
                span={span ?? "hour"}
                onSpan={(chosen) => void navigate({ to: ".", search: readSpanSearch({ span: chosen }), replace: true })}
              />
            </div>
            <Card title={t("playground.title")}>
              <Playground model={service.name} />
            </Card>
          </div>
        </>
      )}
    </PageQuery>
  );
}
