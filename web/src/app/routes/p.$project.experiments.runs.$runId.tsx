import { createFileRoute } from "@tanstack/react-router";

import { RunPage } from "@/app/pages/run-page";

const TABS = ["params", "logs", "artifacts"] as const;

export const Route = createFileRoute("/p/$project/experiments/runs/$runId")({
  validateSearch: (search): { tab?: (typeof TABS)[number] } => {
    const tab = TABS.find((each) => each === search["tab"]);
    return tab ? { tab } : {};
  },
  component: RunPage,
});
