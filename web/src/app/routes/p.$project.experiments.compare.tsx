import { createFileRoute } from "@tanstack/react-router";

import { ComparePage } from "@/app/pages/compare-page";
import { type ChartSearch, readChartSearch } from "@/lib/chart-view";

const ID = /^[0-9a-f-]{36}$/;
const MOST = 12;

export const Route = createFileRoute("/p/$project/experiments/compare")({
  validateSearch: (search): ChartSearch & { runs: string[]; hide?: true } => {
    const named: unknown[] = Array.isArray(search["runs"]) ? search["runs"] : [];
    const runs = [...new Set(named)].filter((each): each is string => typeof each === "string" && ID.test(each));
    return { runs: runs.slice(0, MOST), ...(search["hide"] === true && { hide: true }), ...readChartSearch(search) };
  },
  component: ComparePage,
});
