import { createFileRoute } from "@tanstack/react-router";

import { ComparePage } from "@/app/pages/compare-page";
import { readRunsSearch } from "@/features/experiments/runs-search";
import { type ChartSearch, readChartSearch } from "@/lib/chart-view";

const ID = /^[0-9a-f-]{36}$/;
const MOST = 12;

export const Route = createFileRoute("/p/$project/experiments/compare")({
  validateSearch: (search): ChartSearch & { runs: string[]; filter?: string; hide?: true } => {
    const named: unknown[] = Array.isArray(search["runs"]) ? search["runs"] : [];
    const runs = [...new Set(named)].filter((each): each is string => typeof each === "string" && ID.test(each));
    const { filter } = readRunsSearch(search);
    return {
      runs: runs.slice(0, MOST),
      ...(filter && { filter }),
      ...(search["hide"] === true && { hide: true }),
      ...readChartSearch(search),
    };
  },
  component: ComparePage,
});
