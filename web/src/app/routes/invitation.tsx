import { createFileRoute } from "@tanstack/react-router";

import { InvitationPage } from "@/app/pages/invitation-page";
import { requireAccount } from "@/app/session";

export const Route = createFileRoute("/invitation")({
  beforeLoad: async ({ context, location }) => ({ me: await requireAccount(context.queryClient, location.href) }),
  component: InvitationPage,
});
