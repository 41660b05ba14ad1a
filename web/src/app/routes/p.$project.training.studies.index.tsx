import { createFileRoute } from "@tanstack/react-router";

import { StudiesPage } from "@/app/pages/studies-page";
import { readWorkSearch } from "@/lib/work-search";

export const Route = createFileRoute("/p/$project/training/studies/")({
  validateSearch: readWorkSearch,
  component: StudiesPage,
});
