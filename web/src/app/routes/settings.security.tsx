import { createFileRoute } from "@tanstack/react-router";

import { SecurityPage } from "@/app/pages/security-page";

export const Route = createFileRoute("/settings/security")({ component: SecurityPage });
