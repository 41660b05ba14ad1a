import { createFileRoute } from "@tanstack/react-router";

import { RunPage } from "@/app/pages/run-page";
import { type ChartSearch, readChartSearch } from "@/lib/chart-view";

const TABS = ["params", "logs", "artifacts"] as const;

export const Route = createFileRoute("/p/$project/experiments/runs/$runId")({
  validateSearch: (search): ChartSearch & { tab?: (typeof TABS)[number] } => {
    const tab = TABS.find((each) => each === search["tab"]);
    return { ...readChartSearch(search), ...(tab && { tab }) };
  },
  component: RunPage,
});
