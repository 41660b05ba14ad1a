import { getRouteApi } from "@tanstack/react-router";

import { PageHeader } from "@/components/page-header";
import { Panel } from "@/components/ui/panel";
import { CreateKeyDialog } from "@/features/keys/components/create-key-dialog";
import { KeysTable } from "@/features/keys/components/keys-table";
import { lastProject } from "@/features/projects/project";
import { useI18n } from "@/lib/i18n/i18n-context";
import { mayWork } from "@/lib/roles";

const route = getRouteApi("/settings/keys");

export function KeysPage() {
  const { t } = useI18n();
  const { me } = route.useRouteContext();
  const { revoked } = route.useSearch();
  const navigate = route.useNavigate();
  const last = lastProject(me.projects);
  const proposed = [...me.projects]
    .filter(({ org_id }) => mayWork(me.roles[org_id]))
    .sort((one, other) => Number(other.id === last?.id) - Number(one.id === last?.id));
  return (
    <>
      <PageHeader
        title={t("keys.title")}
        about={t("keys.about")}
        actions={<CreateKeyDialog owner={null} projects={proposed} />}
      />
      <Panel>
        <KeysTable
          owner={null}
          projects={me.projects}
          withRevoked={revoked ?? false}
          onWithRevoked={(is) => void navigate({ search: is ? { revoked: true } : {}, replace: true })}
        />
      </Panel>
    </>
  );
}
