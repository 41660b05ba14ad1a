import { createFileRoute } from "@tanstack/react-router";

import { StudiesPage } from "@/app/pages/studies-page";

export const Route = createFileRoute("/p/$project/training/studies/")({ component: StudiesPage });
