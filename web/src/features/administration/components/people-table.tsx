import { useInfiniteQuery } from "@tanstack/react-query";

import { Ago } from "@/components/ago";
import type { Column } from "@/components/data-table";
import { PagedTable } from "@/components/paged-table";
import { peopleQuery, useSwitchPerson } from "@/features/administration/queries";
import type { AdministeredUser } from "@/lib/api/types";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";

import { SwitchButton } from "./switch-button";

/** Everybody with an account; nobody disables themselves. */
export function PeopleTable({ own }: { own: string }) {
  const i18n = useI18n();
  const query = useInfiniteQuery(peopleQuery);
  return <PagedTable label={i18n.t("admin.people")} query={query} columns={columns(own, i18n)} empty={null} />;
}

function columns(own: string, { t, format }: I18n): Column<AdministeredUser>[] {
  return [
    {
      key: "name",
      header: t("column.name"),
      cell: ({ name, email, is_platform_admin }) => (
        <>
          <span className="block font-medium wrap-anywhere">{name}</span>
          <span className="block text-xs wrap-anywhere text-muted-foreground">
            {email}
            {is_platform_admin && ` · ${t("admin.administrator")}`}
          </span>
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
      cell: (person) => (person.id === own ? null : <Switch person={person} />),
    },
  ];
}

function Switch({ person }: { person: AdministeredUser }) {
  const { t } = useI18n();
  const change = useSwitchPerson();
  return (
    <SwitchButton
      name={person.name}
      disabledAt={person.disabled_at}
      about={t("admin.disablePersonAbout")}
      mutation={change}
      onSwitch={(enabled, close) => change.mutate({ id: person.id, enabled }, { onSuccess: close })}
    />
  );
}
