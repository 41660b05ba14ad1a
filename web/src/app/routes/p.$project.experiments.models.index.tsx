import { createFileRoute } from "@tanstack/react-router";

import { ModelsPage } from "@/app/pages/models-page";
import { readNameSearch } from "@/lib/name-search";

export const Route = createFileRoute("/p/$project/experiments/models/")({
  validateSearch: readNameSearch,
  component: ModelsPage,
});
