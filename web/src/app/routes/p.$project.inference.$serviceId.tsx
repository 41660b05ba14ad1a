import { createFileRoute } from "@tanstack/react-router";

import { ServicePage } from "@/app/pages/service-page";

export const Route = createFileRoute("/p/$project/inference/$serviceId")({ component: ServicePage });
