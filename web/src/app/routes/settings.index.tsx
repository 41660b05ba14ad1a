import { createFileRoute } from "@tanstack/react-router";

import { ProfilePage } from "@/app/pages/profile-page";

export const Route = createFileRoute("/settings/")({ component: ProfilePage });
