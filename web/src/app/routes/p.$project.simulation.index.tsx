import { createFileRoute } from "@tanstack/react-router";

import { SimulationsPage } from "@/app/pages/simulations-page";
import { loadTexts } from "@/lib/i18n/locale";

export const Route = createFileRoute("/p/$project/simulation/")({
  loader: () => loadTexts("serving"),
  component: SimulationsPage,
});
