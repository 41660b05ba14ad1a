import { createFileRoute } from "@tanstack/react-router";

import { ExperimentsPage } from "@/app/pages/experiments-page";
import { readRunsSearch } from "@/features/experiments/runs-search";

export const Route = createFileRoute("/p/$project/experiments/")({
  validateSearch: readRunsSearch,
  component: ExperimentsPage,
});
