import { createFileRoute } from "@tanstack/react-router";

import { InferencePage } from "@/app/pages/inference-page";
import { loadTexts } from "@/lib/i18n/locale";
import { readNameSearch } from "@/lib/name-search";

export const Route = createFileRoute("/p/$project/inference/")({
  validateSearch: readNameSearch,
  loader: () => loadTexts("serving"),
  component: InferencePage,
});
