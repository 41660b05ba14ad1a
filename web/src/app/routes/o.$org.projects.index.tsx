import { createFileRoute } from "@tanstack/react-router";

import { ProjectsPage } from "@/app/pages/projects-page";
import { readRowsSearch } from "@/lib/rows-search";

export const Route = createFileRoute("/o/$org/projects/")({
  validateSearch: readRowsSearch(["name", "created_at"]),
  component: ProjectsPage,
});
