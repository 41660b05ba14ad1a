import { getRouteApi } from "@tanstack/react-router";

import { useRefreshMe } from "@/app/session";
import { PageHeader } from "@/components/page-header";
import { Card } from "@/components/ui/card";
import { Panel } from "@/components/ui/panel";
import { InvitationsTable } from "@/features/members/components/invitations-table";
import { InviteDialog } from "@/features/members/components/invite-dialog";
import { MembersTable } from "@/features/members/components/members-table";
import { CreateServiceAccount, ServiceAccountsTable } from "@/features/members/components/service-accounts-table";
import { SecondFactorRule } from "@/features/members/components/second-factor-rule";
import { useI18n } from "@/lib/i18n/i18n-context";
import { mayManage } from "@/lib/roles";

const route = getRouteApi("/o/$org/members");

export function MembersPage() {
  const { t } = useI18n();
  const { me, organization } = route.useRouteContext();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const refresh = useRefreshMe();
  const own = me.roles[organization.id];
  const manages = mayManage(own);
  return (
    <>
      <PageHeader
        title={t("members.title")}
        about={t("members.about", { organization: organization.name })}
        actions={manages && <InviteDialog organization={organization.id} own={own} />}
      />
      <div className="space-y-4">
        <Panel>
          <MembersTable
            me={me}
            organization={organization}
            search={search}
            onSearch={(next) => void navigate({ search: next, replace: true, resetScroll: false })}
          />
        </Panel>
        {manages && (
          <>
            <Card title={t("invitations.title")}>
              <InvitationsTable organization={organization.id} />
            </Card>
            <Card title={t("serviceAccounts.title")} aside={<CreateServiceAccount organization={organization} />}>
              <ServiceAccountsTable organization={organization} />
            </Card>
            <Card title={t("secondFactor.title")}>
              <SecondFactorRule organization={organization} onChange={refresh} />
            </Card>
          </>
        )}
      </div>
    </>
  );
}
