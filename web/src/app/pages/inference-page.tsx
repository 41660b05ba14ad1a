import { getRouteApi } from "@tanstack/react-router";

import { PageHeader } from "@/components/page-header";
import { Panel } from "@/components/ui/panel";
import { ServicesTable } from "@/features/inference/components/services-table";
import { useI18n } from "@/lib/i18n/i18n-context";

const route = getRouteApi("/p/$project");

export function InferencePage() {
  const { t } = useI18n();
  const { project } = route.useParams();
  return (
    <>
      <PageHeader title={t("nav.inference")} about={t("inference.about")} />

      <Panel>
        <ServicesTable project={project} />
      </Panel>
    </>
  );
}
