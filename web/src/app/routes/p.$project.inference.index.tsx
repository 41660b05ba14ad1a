import { createFileRoute } from "@tanstack/react-router";

import { InferencePage } from "@/app/pages/inference-page";
import { loadTexts } from "@/lib/i18n/locale";

export const Route = createFileRoute("/p/$project/inference/")({
  loader: () => loadTexts("serving"),
  component: InferencePage,
});
