import { createFileRoute } from "@tanstack/react-router";

import { AdministeredPeoplePage } from "@/app/pages/administered-people-page";

export const Route = createFileRoute("/admin/people")({ component: AdministeredPeoplePage });
