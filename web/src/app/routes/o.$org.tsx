import { createFileRoute } from "@tanstack/react-router";

import { OrganizationPage } from "@/app/pages/organization-page";
import { requireAccount, requireOrganization } from "@/app/session";

export const Route = createFileRoute("/o/$org")({
  beforeLoad: async ({ context, params, location }) => {
    const me = await requireAccount(context.queryClient, location.href);
    return { me, organization: requireOrganization(params.org, me) };
  },
  component: OrganizationPage,
});
