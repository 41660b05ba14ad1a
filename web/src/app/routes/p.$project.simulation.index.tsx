import { createFileRoute } from "@tanstack/react-router";

import { SimulationsPage } from "@/app/pages/simulations-page";
import { loadTexts } from "@/lib/i18n/locale";
import { readWorkSearch } from "@/lib/work-search";

export const Route = createFileRoute("/p/$project/simulation/")({
  validateSearch: readWorkSearch,
  loader: () => loadTexts("serving"),
  component: SimulationsPage,
});
