import { createFileRoute } from "@tanstack/react-router";

import { ServicePage } from "@/app/pages/service-page";
import { loadTexts } from "@/lib/i18n/locale";
import { readSpanSearch } from "@/lib/time-span";

export const Route = createFileRoute("/p/$project/inference/$serviceId")({
  validateSearch: readSpanSearch,
  loader: () => loadTexts("serving"),
  component: ServicePage,
});
