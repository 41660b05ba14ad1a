import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { PageHeader } from "@/components/page-header";
import { Card } from "@/components/ui/card";
import { modelsQuery } from "@/features/registry/queries";
import { EnvironmentsList } from "@/features/simulation/components/environments-list";
import { RunDialog } from "@/features/simulation/components/run-dialog";
import { SimulationsTable } from "@/features/simulation/components/simulations-table";
import { useI18n } from "@/lib/i18n/i18n-context";
import { mayWork } from "@/lib/roles";

const route = getRouteApi("/p/$project/simulation/");

export function SimulationsPage() {
  const { t } = useI18n();
  const { project } = route.useParams();
  const { me, current } = route.useRouteContext();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const models = useInfiniteQuery(modelsQuery(project));
  const works = mayWork(me.roles[current.org_id]);
  return (
    <>
      <PageHeader title={t("nav.simulation")} about={t("simulation.about")} />
      <div className="space-y-4">
        <Card title={t("simulations.title")}>
          <SimulationsTable
            project={project}
            search={search}
            onSearch={(next) => void navigate({ to: ".", search: next, replace: true, resetScroll: false })}
          />
        </Card>
        <Card title={t("environments.title")}>
          <EnvironmentsList
            actions={(environment) =>
              works && (
                <RunDialog
                  project={project}
                  environment={environment}
                  models={models.data?.pages.flatMap(({ items }) => items) ?? []}
                  onDone={({ id }) =>
                    void navigate({
                      to: "/p/$project/simulation/$simulationId",
                      params: { project, simulationId: id },
                    })
                  }
                />
              )
            }
          />
        </Card>
      </div>
    </>
  );
}
