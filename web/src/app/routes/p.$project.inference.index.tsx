import { createFileRoute } from "@tanstack/react-router";

import { InferencePage } from "@/app/pages/inference-page";

export const Route = createFileRoute("/p/$project/inference/")({ component: InferencePage });
