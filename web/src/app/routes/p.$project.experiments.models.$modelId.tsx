import { createFileRoute } from "@tanstack/react-router";

import { ModelPage } from "@/app/pages/model-page";

export const Route = createFileRoute("/p/$project/experiments/models/$modelId")({
  validateSearch: (search): { version?: number } => {
    const version = Number(search["version"]);
    return Number.isInteger(version) && version > 0 ? { version } : {};
  },
  component: ModelPage,
});
