import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { PageMissing } from "@/app/shell/page-missing";
import { PageHeader } from "@/components/page-header";
import { PageQuery } from "@/components/page-query";
import { Panel } from "@/components/ui/panel";
import { CreateKeyDialog } from "@/features/keys/components/create-key-dialog";
import { KeysTable } from "@/features/keys/components/keys-table";
import { everyServiceAccountQuery } from "@/features/members/queries";
import { useI18n } from "@/lib/i18n/i18n-context";

const route = getRouteApi("/o/$org/service-accounts/$accountId");

/** The keys of a service account. */
export function ServiceAccountPage() {
  const { t, term } = useI18n();
  const { me, organization } = route.useRouteContext();
  const { accountId } = route.useParams();
  const { revoked } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(everyServiceAccountQuery(organization.id));
  const projects = me.projects.filter(({ org_id }) => org_id === organization.id);
  return (
    <PageQuery query={query}>
      {(accounts) => {
        const account = accounts.find(({ id }) => id === accountId);
        if (!account) return <PageMissing />;
        return (
          <>
            <PageHeader
              title={account.name}
              about={t("serviceAccounts.is", { role: term("role", account.role) })}
              actions={<CreateKeyDialog owner={accountId} projects={projects} />}
            />
            <Panel>
              <KeysTable
                owner={accountId}
                projects={projects}
                withRevoked={revoked ?? false}
                onWithRevoked={(is) => void navigate({ search: is ? { revoked: true } : {}, replace: true })}
              />
            </Panel>
          </>
        );
      }}
    </PageQuery>
  );
}
