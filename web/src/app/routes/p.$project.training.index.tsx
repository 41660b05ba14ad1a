import { createFileRoute } from "@tanstack/react-router";

import { TrainingPage } from "@/app/pages/training-page";
import { readWorkSearch } from "@/lib/work-search";

export const Route = createFileRoute("/p/$project/training/")({
  validateSearch: readWorkSearch,
  component: TrainingPage,
});
