import { createFileRoute } from "@tanstack/react-router";

import { JobPage } from "@/app/pages/job-page";
import { type ChartSearch, readChartSearch } from "@/lib/chart-view";

const TABS = ["logs", "work", "params", "artifacts"] as const;

export const Route = createFileRoute("/p/$project/training/jobs/$jobId")({
  validateSearch: (search): ChartSearch & { tab?: (typeof TABS)[number] } => {
    const tab = TABS.find((each) => each === search["tab"]);
    return { ...readChartSearch(search), ...(tab && { tab }) };
  },
  component: JobPage,
});
