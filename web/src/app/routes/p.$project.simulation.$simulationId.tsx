import { createFileRoute } from "@tanstack/react-router";

import { SimulationPage } from "@/app/pages/simulation-page";

export const Route = createFileRoute("/p/$project/simulation/$simulationId")({ component: SimulationPage });
