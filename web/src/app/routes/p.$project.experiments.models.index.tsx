import { createFileRoute } from "@tanstack/react-router";

import { ModelsPage } from "@/app/pages/models-page";

export const Route = createFileRoute("/p/$project/experiments/models/")({ component: ModelsPage });
