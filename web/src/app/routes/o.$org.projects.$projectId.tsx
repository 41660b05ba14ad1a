import { createFileRoute, notFound } from "@tanstack/react-router";

import { ProjectSettingsPage } from "@/app/pages/project-settings-page";
import { readRowsSearch } from "@/lib/rows-search";

export const Route = createFileRoute("/o/$org/projects/$projectId")({
  validateSearch: readRowsSearch(["name", "role"]),
  beforeLoad: ({ context, params }) => {
    const current = context.me.projects.find(({ id }) => id === params.projectId);
    if (current?.org_id !== context.organization.id) throw notFound();
    return { managed: current };
  },
  component: ProjectSettingsPage,
});
