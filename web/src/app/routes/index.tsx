import { createFileRoute, redirect } from "@tanstack/react-router";

import { PageMissing } from "@/app/shell/page-missing";
import { requireMe } from "@/app/session";
import { homeProject } from "@/features/projects/project";

export const Route = createFileRoute("/")({
  beforeLoad: async ({ context, location }) => {
    const me = await requireMe(context.queryClient, location.href);
    const project = homeProject(me);
    if (project) throw redirect({ to: "/p/$project", params: { project }, replace: true });
  },
  component: PageMissing,
});
