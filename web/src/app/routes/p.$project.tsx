import { createFileRoute, notFound } from "@tanstack/react-router";

import { ProjectPage } from "@/app/pages/project-page";
import { requireMe } from "@/app/session";
import { findProject, rememberProject } from "@/features/projects/project";

export const Route = createFileRoute("/p/$project")({
  beforeLoad: async ({ context, params, location }) => {
    const me = await requireMe(context.queryClient, location.href);
    const current = findProject(params.project, me.projects);
    if (!current) throw notFound();
    rememberProject(current);
    return { me, current };
  },
  component: ProjectPage,
});
