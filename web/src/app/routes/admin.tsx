import { createFileRoute, notFound } from "@tanstack/react-router";

import { AdministrationPage } from "@/app/pages/administration-page";
import { requireAccount } from "@/app/session";

export const Route = createFileRoute("/admin")({
  beforeLoad: async ({ context, location }) => {
    const me = await requireAccount(context.queryClient, location.href);
    if (!me.is_platform_admin) throw notFound();
    return { me };
  },
  component: AdministrationPage,
});
