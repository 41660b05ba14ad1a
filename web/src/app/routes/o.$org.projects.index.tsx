import { createFileRoute } from "@tanstack/react-router";

import { ProjectsPage } from "@/app/pages/projects-page";

export const Route = createFileRoute("/o/$org/projects/")({ component: ProjectsPage });
