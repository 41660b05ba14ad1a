import { createFileRoute } from "@tanstack/react-router";

import { TrainingPage } from "@/app/pages/training-page";

export const Route = createFileRoute("/p/$project/training/")({ component: TrainingPage });
