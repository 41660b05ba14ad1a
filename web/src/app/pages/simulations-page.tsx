import { getRouteApi } from "@tanstack/react-router";

import { PageHeader } from "@/components/page-header";
import { Card } from "@/components/ui/card";
import { EnvironmentsList } from "@/features/simulation/components/environments-list";
import { SimulationsTable } from "@/features/simulation/components/simulations-table";
import { useI18n } from "@/lib/i18n/i18n-context";

const route = getRouteApi("/p/$project");

export function SimulationsPage() {
  const { t } = useI18n();
  const { project } = route.useParams();
  return (
    <>
      <PageHeader title={t("nav.simulation")} about={t("simulation.about")} />
      <div className="space-y-4">
        <Card title={t("simulations.title")}>
          <SimulationsTable project={project} />
        </Card>
        <Card title={t("environments.title")}>
          <EnvironmentsList />
        </Card>
      </div>
    </>
  );
}
