import { getRouteApi } from "@tanstack/react-router";

import { PageHeader } from "@/components/page-header";
import { Panel } from "@/components/ui/panel";
import { CreateService } from "@/features/inference/components/create-service";
import { ServicesTable } from "@/features/inference/components/services-table";
import { useI18n } from "@/lib/i18n/i18n-context";
import { mayWork } from "@/lib/roles";

const route = getRouteApi("/p/$project/inference/");

export function InferencePage() {
  const { t } = useI18n();
  const { project } = route.useParams();
  const { me, current } = route.useRouteContext();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <>
      <PageHeader
        title={t("nav.inference")}
        about={t("inference.about")}
        actions={
          mayWork(me.roles[current.org_id]) && (
            <CreateService
              project={project}
              onDone={({ id }) =>
                void navigate({ to: "/p/$project/inference/$serviceId", params: { project, serviceId: id } })
              }
            />
          )
        }
      />
      <Panel>
        <ServicesTable
          project={project}
          search={search}
          onSearch={(next) => void navigate({ to: ".", search: next, replace: true, resetScroll: false })}
        />
      </Panel>
    </>
  );
}
