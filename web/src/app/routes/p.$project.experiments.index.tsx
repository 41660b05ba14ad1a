import { createFileRoute } from "@tanstack/react-router";

import { ExperimentsPage } from "@/app/pages/experiments-page";

export const Route = createFileRoute("/p/$project/experiments/")({ component: ExperimentsPage });
