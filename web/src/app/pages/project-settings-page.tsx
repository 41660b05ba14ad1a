import { Link, getRouteApi } from "@tanstack/react-router";

import { useRefreshMe } from "@/app/session";
import { PageHeader } from "@/components/page-header";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ProjectAccess } from "@/features/projects/components/project-access";
import { EditProject } from "@/features/projects/components/project-dialogs";
import { ProjectMembersTable } from "@/features/projects/components/project-members-table";
import { projectRef } from "@/features/projects/project";
import { useI18n } from "@/lib/i18n/i18n-context";
import { mayManage } from "@/lib/roles";

const route = getRouteApi("/o/$org/projects/$projectId");

export function ProjectSettingsPage() {
  const { t } = useI18n();
  const { me, organization, managed } = route.useRouteContext();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const refresh = useRefreshMe();
  const manages = mayManage(me.roles[organization.id]);
  return (
    <>
      <PageHeader
        title={managed.name}
        about={managed.description || undefined}
        actions={
          <>
            {manages && <EditProject project={managed} onDone={() => void refresh()} />}
            <Button asChild>
              <Link to="/p/$project" params={{ project: projectRef(managed, me.projects) }}>
                {t("projects.go")}
              </Link>
            </Button>
          </>
        }
      />
      <div className="space-y-4">
        {manages && (
          <Card title={t("projects.access")}>
            <ProjectAccess project={managed} onChange={() => void refresh()} />
          </Card>
        )}
        <Card title={t("projects.members")}>
          <ProjectMembersTable
            projectId={managed.id}
            manages={manages}
            search={search}
            onSearch={(next) => void navigate({ search: next, replace: true, resetScroll: false })}
          />
        </Card>
      </div>
    </>
  );
}
