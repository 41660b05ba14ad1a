import { createFileRoute } from "@tanstack/react-router";

import { SettingsPage } from "@/app/pages/settings-page";
import { requireAccount } from "@/app/session";

export const Route = createFileRoute("/settings")({
  beforeLoad: async ({ context, location }) => ({ me: await requireAccount(context.queryClient, location.href) }),
  component: SettingsPage,
});
