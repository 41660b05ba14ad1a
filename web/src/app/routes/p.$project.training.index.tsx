import { createFileRoute } from "@tanstack/react-router";

import { TrainingPage } from "@/app/pages/training-page";
import { readWords } from "@/lib/search-words";
import type { JobFilter } from "@/features/training/queries";

const STATUSES = ["queued", "starting", "running", "succeeded", "failed", "cancelled"] as const;

export const Route = createFileRoute("/p/$project/training/")({
  validateSearch: (search): JobFilter => {
    const name = search["name"];
    const status = readWords(search["status"], STATUSES);
    return { ...(typeof name === "string" && name && { name }), ...(status.length > 0 && { status }) };
  },
  component: TrainingPage,
});
