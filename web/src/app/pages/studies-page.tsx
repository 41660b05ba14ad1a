import { getRouteApi } from "@tanstack/react-router";

import { TrainingTabs } from "@/app/pages/training-tabs";
import { PageHeader } from "@/components/page-header";
import { Panel } from "@/components/ui/panel";
import { StudiesTable } from "@/features/tuning/components/studies-table";
import { useI18n } from "@/lib/i18n/i18n-context";

const route = getRouteApi("/p/$project/training/studies/");

export function StudiesPage() {
  const { t } = useI18n();
  const { project } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <>
      <PageHeader title={t("nav.training")} about={t("training.about")} />
      <TrainingTabs project={project} />
      <Panel>
        <StudiesTable
          project={project}
          search={search}
          onSearch={(next) => void navigate({ search: next, replace: true, resetScroll: false })}
        />
      </Panel>
    </>
  );
}
