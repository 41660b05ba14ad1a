import { createFileRoute } from "@tanstack/react-router";

import { DashboardPage } from "@/app/pages/dashboard-page";
import { readSpanSearch } from "@/lib/time-span";

export const Route = createFileRoute("/p/$project/")({ validateSearch: readSpanSearch, component: DashboardPage });
