import { createFileRoute } from "@tanstack/react-router";

import { ExperimentsPage } from "@/app/pages/experiments-page";
import { columnsQuery } from "@/features/experiments/runs-queries";
import { readRunsSearch } from "@/features/experiments/runs-search";

export const Route = createFileRoute("/p/$project/experiments/")({
  validateSearch: readRunsSearch,
  // Asked for while the page itself is still on its way.
  loader: ({ context, params }) => {
    // Whoever shows it tells what went wrong.
    context.queryClient.query(columnsQuery(params.project)).catch(() => undefined);
  },
  component: ExperimentsPage,
});
