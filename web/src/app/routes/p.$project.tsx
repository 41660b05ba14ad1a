import { createFileRoute, notFound } from "@tanstack/react-router";

import { ProjectPage } from "@/app/pages/project-page";
import { requireMe } from "@/app/session";
import { findProject, rememberProject } from "@/features/projects/project";
import { loadTexts } from "@/lib/i18n/locale";

/** The page of the first visit: it does without the texts of the others. */
const DASHBOARD = /^\/p\/[^/]+\/?$/;

export const Route = createFileRoute("/p/$project")({
  beforeLoad: async ({ context, params, location }) => {
    const [me] = await Promise.all([
      requireMe(context.queryClient, location.href),
      DASHBOARD.test(location.pathname) ? undefined : loadTexts("work"),
    ]);
    const current = findProject(params.project, me.projects);
    if (!current) throw notFound();
    rememberProject(current);
    return { me, current };
  },
  component: ProjectPage,
});
