import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";

import { PageHeader } from "@/components/page-header";
import { QueryView } from "@/components/query-view";
import { Card } from "@/components/ui/card";
import { DeployDialog } from "@/features/inference/components/deploy-dialog";
import { DeploymentsList } from "@/features/inference/components/deployments-list";
import { Playground } from "@/features/inference/components/playground";
import { RemoveService } from "@/features/inference/components/remove-service";
import { ServiceState } from "@/features/inference/components/service-state";
import { serviceQuery } from "@/features/inference/queries";
import { modelsQuery } from "@/features/registry/queries";
import { useI18n } from "@/lib/i18n/i18n-context";
import { mayWork } from "@/lib/roles";

const route = getRouteApi("/p/$project/inference/$serviceId");

export function ServicePage() {
  const { t } = useI18n();
  const { project, serviceId } = route.useParams();
  const { me, current } = route.useRouteContext();
  const navigate = useNavigate();
  const query = useQuery(serviceQuery(serviceId));
  const models = useInfiniteQuery(modelsQuery(project));
  const works = mayWork(me.roles[current.org_id]);
  return (
    <QueryView query={query}>
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
          <div className="grid gap-4 xl:grid-cols-2">
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
              <Card title={t("services.figures")}>
                <p className="text-muted-foreground">{t("services.figuresAbout")}</p>
              </Card>
            </div>
            <Card title={t("playground.title")}>
              <Playground model={service.name} />
            </Card>
          </div>
        </>
      )}
    </QueryView>
  );
}
