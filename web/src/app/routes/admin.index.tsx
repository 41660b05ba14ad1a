import { createFileRoute } from "@tanstack/react-router";

import { AdministeredOrganizationsPage } from "@/app/pages/administered-organizations-page";

export const Route = createFileRoute("/admin/")({ component: AdministeredOrganizationsPage });
