import { createFileRoute } from "@tanstack/react-router";

import { RunPage } from "@/app/pages/run-page";
import { runQuery } from "@/features/experiments/queries";
import { type ChartSearch, readChartSearch } from "@/lib/chart-view";

const TABS = ["params", "logs", "artifacts"] as const;

export const Route = createFileRoute("/p/$project/experiments/runs/$runId")({
  validateSearch: (search): ChartSearch & { tab?: (typeof TABS)[number] } => {
    const tab = TABS.find((each) => each === search["tab"]);
    return { ...readChartSearch(search), ...(tab && { tab }) };
  },
  // Asked for while the page itself is still on its way.
  loader: ({ context, params }) => {
    // Whoever shows it tells what went wrong.
    context.queryClient.query(runQuery(params.runId)).catch(() => undefined);
  },
  component: RunPage,
});
