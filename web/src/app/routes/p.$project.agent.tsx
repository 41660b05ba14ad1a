import { createFileRoute } from "@tanstack/react-router";

import { AgentPage } from "@/app/pages/agent-page";

export const Route = createFileRoute("/p/$project/agent")({ component: AgentPage });
