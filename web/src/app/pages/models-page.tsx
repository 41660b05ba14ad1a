import { getRouteApi } from "@tanstack/react-router";

import { ExperimentsTabs } from "@/app/pages/experiments-tabs";
import { PageHeader } from "@/components/page-header";
import { Panel } from "@/components/ui/panel";
import { ModelsTable } from "@/features/registry/components/models-table";
import { useI18n } from "@/lib/i18n/i18n-context";

const route = getRouteApi("/p/$project/experiments/models/");

export function ModelsPage() {
  const { t } = useI18n();
  const { project } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <>
      <PageHeader title={t("nav.experiments")} about={t("experiments.about")} />
      <ExperimentsTabs project={project} />
      <Panel>
        <ModelsTable
          project={project}
          search={search}
          onSearch={(next) => void navigate({ search: next, replace: true, resetScroll: false })}
        />
      </Panel>
    </>
  );
}
