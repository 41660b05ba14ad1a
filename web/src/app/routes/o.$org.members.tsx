import { createFileRoute } from "@tanstack/react-router";

import { MembersPage } from "@/app/pages/members-page";

export const Route = createFileRoute("/o/$org/members")({ component: MembersPage });
