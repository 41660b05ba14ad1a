import { createFileRoute } from "@tanstack/react-router";

import { ModelPage } from "@/app/pages/model-page";

export const Route = createFileRoute("/p/$project/experiments/models/$modelId")({ component: ModelPage });
