import { createFileRoute } from "@tanstack/react-router";

import { SimulationPage } from "@/app/pages/simulation-page";
import { loadTexts } from "@/lib/i18n/locale";

export const Route = createFileRoute("/p/$project/simulation/$simulationId")({
  loader: () => loadTexts("serving"),
  component: SimulationPage,
});
