import { getRouteApi } from "@tanstack/react-router";

import { useRefreshMe } from "@/app/session";
import { PageHeader } from "@/components/page-header";
import { Panel } from "@/components/ui/panel";
import { CreateProject } from "@/features/projects/components/project-dialogs";
import { ProjectsTable } from "@/features/projects/components/projects-table";
import { useI18n } from "@/lib/i18n/i18n-context";
import { mayManage } from "@/lib/roles";

const route = getRouteApi("/o/$org/projects/");

export function ProjectsPage() {
  const { t } = useI18n();
  const { me, organization } = route.useRouteContext();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const refresh = useRefreshMe();
  const manages = mayManage(me.roles[organization.id]);
  return (
    <>
      <PageHeader
        title={t("projects.title")}
        about={t("projects.about")}
        actions={manages && <CreateProject organization={organization} onDone={() => void refresh()} />}
      />
      <Panel>
        <ProjectsTable
          organization={organization}
          projects={me.projects.filter(({ org_id }) => org_id === organization.id)}
          manages={manages}
          onChange={() => void refresh()}
          search={search}
          onSearch={(next) => void navigate({ search: next, replace: true, resetScroll: false })}
        />
      </Panel>
    </>
  );
}
