import { createFileRoute } from "@tanstack/react-router";

import { SimulationsPage } from "@/app/pages/simulations-page";

export const Route = createFileRoute("/p/$project/simulation/")({ component: SimulationsPage });
