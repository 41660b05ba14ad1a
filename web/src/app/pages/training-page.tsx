import { getRouteApi } from "@tanstack/react-router";

import { TrainingTabs } from "@/app/pages/training-tabs";
import { PageHeader } from "@/components/page-header";
import { Panel } from "@/components/ui/panel";
import { JobsTable } from "@/features/training/components/jobs-table";
import { useI18n } from "@/lib/i18n/i18n-context";

const route = getRouteApi("/p/$project");

export function TrainingPage() {
  const { t } = useI18n();
  const { project } = route.useParams();
  return (
    <>
      <PageHeader title={t("nav.training")} about={t("training.about")} />
      <TrainingTabs project={project} />
      <Panel>
        <JobsTable project={project} />
      </Panel>
    </>
  );
}
