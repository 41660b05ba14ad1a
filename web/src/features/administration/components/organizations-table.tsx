import { useInfiniteQuery } from "@tanstack/react-query";

import { Ago } from "@/components/ago";
import type { Column } from "@/components/data-table";
import { PagedTable } from "@/components/paged-table";
import { organizationsQuery, useSwitchOrganization } from "@/features/administration/queries";
import type { AdministeredOrganization } from "@/lib/api/types";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";

import { SwitchButton } from "./switch-button";

export function OrganizationsTable() {
  const i18n = useI18n();
  const query = useInfiniteQuery(organizationsQuery);
  return <PagedTable label={i18n.t("admin.organizations")} query={query} columns={columns(i18n)} empty={null} />;
}

function columns({ t, format }: I18n): Column<AdministeredOrganization>[] {
  return [
    {
      key: "name",
      header: t("column.name"),
      cell: ({ name, slug }) => (
        <>
          <span className="block font-medium wrap-anywhere">{name}</span>
          <code className="block text-xs text-muted-foreground">{slug}</code>
        </>
      ),
    },
    { key: "created", header: t("column.created"), from: "sm", cell: ({ created_at }) => <Ago when={created_at} /> },
    {
      key: "status",
      header: t("column.status"),
      cell: ({ disabled_at }) =>
        disabled_at ? t("admin.disabledSince", { when: format.dateTime(disabled_at) }) : t("admin.enabled"),
    },
    {
      key: "actions",
      header: t("column.actions"),
      align: "right",
      cell: (organization) => <Switch organization={organization} />,
    },
  ];
}

function Switch({ organization }: { organization: AdministeredOrganization }) {
  const { t } = useI18n();
  const change = useSwitchOrganization();
  return (
    <SwitchButton
      name={organization.name}
      disabledAt={organization.disabled_at}
      about={t("admin.disableOrganizationAbout")}
      mutation={change}
      onSwitch={(enabled, close) => change.mutate({ id: organization.id, enabled }, { onSuccess: close })}
    />
  );
}
