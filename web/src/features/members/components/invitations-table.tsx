import { useInfiniteQuery } from "@tanstack/react-query";
import { MailX } from "lucide-react";

import { Ago } from "@/components/ago";
import { Confirmed } from "@/components/confirmed";
import type { Column } from "@/components/data-table";
import { PagedTable } from "@/components/paged-table";
import { invitationsQuery, useRevokeInvitation } from "@/features/members/queries";
import type { Invitation } from "@/lib/api/types";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";

/** Who was invited, and what became of it. */
export function InvitationsTable({ organization }: { organization: string }) {
  const i18n = useI18n();
  const query = useInfiniteQuery(invitationsQuery(organization));
  return (
    <PagedTable
      label={i18n.t("invitations.title")}
      query={query}
      columns={columns(organization, i18n)}
      empty={<p className="py-2 text-muted-foreground">{i18n.t("invitations.none")}</p>}
    />
  );
}

function columns(organization: string, { t, term, format }: I18n): Column<Invitation>[] {
  return [
    {
      key: "email",
      header: t("auth.email"),
      cell: (invitation) => <span className="wrap-anywhere">{invitation.email}</span>,
    },
    { key: "role", header: t("members.role"), from: "sm", cell: (invitation) => term("role", invitation.role) },
    {
      key: "status",
      header: t("column.status"),
      cell: (invitation) => {
        const state = stateOf(invitation);
        return (
          <>
            {term("invitation", state)}
            {state === "open" && (
              <span className="block text-xs text-muted-foreground">
                {t("invitations.until", { when: format.dateTime(invitation.expires_at) })}
              </span>
            )}
          </>
        );
      },
    },
    { key: "created", header: t("column.created"), from: "md", cell: ({ created_at }) => <Ago when={created_at} /> },
    {
      key: "actions",
      header: t("column.actions"),
      align: "right",
      cell: (invitation) =>
        stateOf(invitation) === "open" ? <Revocation organization={organization} invitation={invitation} /> : null,
    },
  ];
}

function Revocation({ organization, invitation }: { organization: string; invitation: Invitation }) {
  const { t } = useI18n();
  const revoke = useRevokeInvitation(organization);
  const title = t("invitations.revokeNamed", { email: invitation.email });
  return (
    <Confirmed
      icon={MailX}
      title={title}
      about={t("invitations.revokeAbout")}
      action={t("action.revoke")}
      mutation={revoke}
      onConfirm={(close) => revoke.mutate(invitation.id, { onSuccess: close })}
    />
  );
}

function stateOf(invitation: Invitation): "accepted" | "revoked" | "expired" | "open" {
  if (invitation.accepted_at) return "accepted";
  if (invitation.revoked_at) return "revoked";
  return Date.parse(invitation.expires_at) < Date.now() ? "expired" : "open";
}
