import { PageHeader } from "@/components/page-header";
import { Panel } from "@/components/ui/panel";
import { OrganizationsTable } from "@/features/administration/components/organizations-table";
import { useI18n } from "@/lib/i18n/i18n-context";

export function AdministeredOrganizationsPage() {
  const { t } = useI18n();
  return (
    <>
      <PageHeader title={t("admin.organizations")} about={t("admin.about")} />
      <Panel>
        <OrganizationsTable />
      </Panel>
    </>
  );
}
