import { getRouteApi, useLocation, useNavigate } from "@tanstack/react-router";

import { useRefreshMe } from "@/app/session";
import { Entrance } from "@/app/shell/entrance";
import { ProblemNote } from "@/components/problem-note";
import { Button } from "@/components/ui/button";
import { useAcceptInvitation } from "@/features/members/queries";
import { useI18n } from "@/lib/i18n/i18n-context";

const route = getRouteApi("/invitation");

/** Where the link of an invitation leads: its token is behind the `#`, which no server is told. */
export function InvitationPage() {
  const { t } = useI18n();
  const { me } = route.useRouteContext();
  const token = useLocation({ select: ({ hash }) => hash });
  const navigate = useNavigate();
  const refresh = useRefreshMe();
  const accept = useAcceptInvitation();

  async function join(slug: string): Promise<void> {
    await refresh();
    await navigate({ to: "/o/$org", params: { org: slug } });
  }

  return (
    <Entrance title={t("invitation.title")} about={t("invitation.about", { email: me.user.email })}>
      <div className="space-y-4">
        {token === "" && <p>{t("invitation.incomplete")}</p>}
        {accept.error && <ProblemNote error={accept.error} />}
        <Button
          className="w-full"
          disabled={token === "" || accept.isPending}
          onClick={() => accept.mutate(token, { onSuccess: ({ slug }) => void join(slug) })}
        >
          {t("invitation.accept")}
        </Button>
      </div>
    </Entrance>
  );
}
