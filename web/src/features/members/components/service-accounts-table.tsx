import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";

import { Ago } from "@/components/ago";
import { Confirmed } from "@/components/confirmed";
import type { Column } from "@/components/data-table";
import { FormDialog } from "@/components/form-dialog";
import { PagedTable } from "@/components/paged-table";
import { textLinkClasses } from "@/components/text-link";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { serviceAccountsQuery, useCreateServiceAccount, useRemoveServiceAccount } from "@/features/members/queries";
import type { Organization, ServiceAccount } from "@/lib/api/types";
import { formText } from "@/lib/form";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";

/** Accounts of programs, whose keys do not go when a person goes. */
export function ServiceAccountsTable({ organization }: { organization: Organization }) {
  const i18n = useI18n();
  const query = useInfiniteQuery(serviceAccountsQuery(organization.id));
  return (
    <PagedTable
      label={i18n.t("serviceAccounts.title")}
      query={query}
      columns={columns(organization, i18n)}
      empty={<p className="py-2 text-muted-foreground">{i18n.t("serviceAccounts.none")}</p>}
    />
  );
}

export function CreateServiceAccount({ organization }: { organization: Organization }) {
  const { t, term } = useI18n();
  const create = useCreateServiceAccount(organization.id);
  const [role, setRole] = useState<"viewer" | "member" | "admin">("member");
  return (
    <FormDialog
      trigger={
        <Button variant="outline" size="small">
          <Plus aria-hidden />
          {t("serviceAccounts.create")}
        </Button>
      }
      title={t("serviceAccounts.create")}
      about={t("serviceAccounts.about")}
      submit={t("action.create")}
      mutation={create}
      onSubmit={(form, close) => create.mutate({ name: formText(form, "name"), role }, { onSuccess: close })}
    >
      {(refused) => (
        <>
          <Field label={t("column.name")} name="name" required maxLength={200} autoFocus error={refused["name"]} />
          <Select
            label={t("members.role")}
            value={role}
            options={(["viewer", "member", "admin"] as const).map((each) => [each, term("role", each)] as const)}
            onChange={setRole}
          />
        </>
      )}
    </FormDialog>
  );
}

function columns(organization: Organization, { t, term }: I18n): Column<ServiceAccount>[] {
  return [
    {
      key: "name",
      header: t("column.name"),
      cell: (account) => (
        <Link
          to="/o/$org/service-accounts/$accountId"
          params={{ org: organization.slug, accountId: account.id }}
          className={textLinkClasses}
        >
          {account.name}
        </Link>
      ),
    },
    { key: "role", header: t("members.role"), cell: (account) => term("role", account.role) },
    { key: "created", header: t("column.created"), from: "sm", cell: ({ created_at }) => <Ago when={created_at} /> },
    {
      key: "actions",
      header: t("column.actions"),
      align: "right",
      cell: (account) => <Removal organization={organization} account={account} />,
    },
  ];
}

function Removal({ organization, account }: { organization: Organization; account: ServiceAccount }) {
  const { t } = useI18n();
  const remove = useRemoveServiceAccount(organization.id);
  const title = t("serviceAccounts.removeNamed", { name: account.name });
  return (
    <Confirmed
      icon={Trash2}
      title={title}
      about={t("serviceAccounts.removeAbout")}
      action={t("action.remove")}
      mutation={remove}
      onConfirm={(close) => remove.mutate(account.id, { onSuccess: close })}
    />
  );
}
