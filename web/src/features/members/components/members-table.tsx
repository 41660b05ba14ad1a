import { useQuery } from "@tanstack/react-query";
import { UserMinus } from "lucide-react";

import { Confirmed } from "@/components/confirmed";
import type { Column } from "@/components/data-table";
import { QueryView } from "@/components/query-view";
import { Button } from "@/components/ui/button";
import { WholeTable } from "@/components/whole-table";
import { everyMemberQuery, useRemoveMember } from "@/features/members/queries";
import { LIST_REFRESH_MS } from "@/lib/api/paged-query";
import type { Me, Member, Organization } from "@/lib/api/types";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";
import { rankOf, rolesBelow } from "@/lib/roles";
import type { RowsSearch } from "@/lib/rows-search";
import { showToast } from "@/lib/toasts";

import { RoleChoice } from "./role-choice";

interface MembersTableProps {
  me: Me;
  organization: Organization;
  search: RowsSearch;
  onSearch: (search: RowsSearch) => void;
}

/** Everybody in the organization; who may, changes their roles and removes them. */
export function MembersTable({ me, organization, search, onSearch }: MembersTableProps) {
  const i18n = useI18n();
  const query = useQuery({ ...everyMemberQuery(organization.id), refetchInterval: LIST_REFRESH_MS });
  return (
    <QueryView query={query} waiting="h-40">
      {(members) => (
        <WholeTable
          label={i18n.t("members.title")}
          columns={columns(me, organization, i18n)}
          rows={members}
          rowKey={(member) => member.id}
          words={(member) => `${member.name} ${member.email}`}
          values={{ name: (member) => member.name, role: (member) => rankOf(member.role) }}
          search={search}
          onSearch={onSearch}
        />
      )}
    </QueryView>
  );
}

function columns(me: Me, organization: Organization, { t }: I18n): Column<Member>[] {
  const own = me.roles[organization.id];
  return [
    {
      key: "name",
      header: t("column.name"),
      sort: "name",
      cell: (member) => (
        <>
          <span className="block font-medium wrap-anywhere">
            {member.name}
            {member.user_id === me.user.id && <span className="text-muted-foreground"> {t("members.you")}</span>}
          </span>
          <span className="block text-xs wrap-anywhere text-muted-foreground">{member.email}</span>
        </>
      ),
    },
    {
      key: "role",
      header: t("members.role"),
      sort: "role",
      cell: (member) => <RoleChoice organization={organization.id} own={own} member={member} />,
    },
    {
      key: "actions",
      header: t("column.actions"),
      align: "right",
      cell: (member) =>
        member.user_id === me.user.id || mayTouch(own, member.role) ? (
          <Removal organization={organization} member={member} isMe={member.user_id === me.user.id} />
        ) : null,
    },
  ];
}

function Removal({ organization, member, isMe }: { organization: Organization; member: Member; isMe: boolean }) {
  const { t } = useI18n();
  const remove = useRemoveMember(organization.id);
  const names = { name: member.name, organization: organization.name };
  return (
    <Confirmed
      trigger={
        <Button
          variant="danger"
          size="icon"
          aria-label={isMe ? t("members.leave", names) : t("members.removeNamed", names)}
        >
          <UserMinus aria-hidden />
        </Button>
      }
      title={isMe ? t("members.leave", names) : t("members.removeNamed", names)}
      about={isMe ? t("members.leaveAbout") : t("members.removeAbout")}
      action={isMe ? t("members.leaveAction") : t("action.remove")}
      mutation={remove}
      onConfirm={(close) =>
        remove.mutate(member.user_id, {
          onSuccess: () => {
            close();
            showToast({ text: t("members.removed", names) });
            // What one saw as a member is no longer there.
            if (isMe) window.location.assign("/");
          },
        })
      }
    />
  );
}

function mayTouch(own: string | undefined, role: string): boolean {
  const given = rolesBelow(own);
  return (own === "owner" || own === "admin") && given.some((each) => each === role);
}
