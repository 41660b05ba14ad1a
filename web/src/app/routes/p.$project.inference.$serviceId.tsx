import { createFileRoute } from "@tanstack/react-router";

import { ServicePage } from "@/app/pages/service-page";
import { loadTexts } from "@/lib/i18n/locale";

export const Route = createFileRoute("/p/$project/inference/$serviceId")({
  loader: () => loadTexts("serving"),
  component: ServicePage,
});
