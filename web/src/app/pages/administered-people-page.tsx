import { getRouteApi } from "@tanstack/react-router";

import { PageHeader } from "@/components/page-header";
import { Panel } from "@/components/ui/panel";
import { PeopleTable } from "@/features/administration/components/people-table";
import { useI18n } from "@/lib/i18n/i18n-context";

const route = getRouteApi("/admin");

export function AdministeredPeoplePage() {
  const { t } = useI18n();
  const { me } = route.useRouteContext();
  return (
    <>
      <PageHeader title={t("admin.people")} about={t("admin.about")} />
      <Panel>
        <PeopleTable own={me.user.id} />
      </Panel>
    </>
  );
}
