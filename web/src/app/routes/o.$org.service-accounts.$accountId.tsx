import { createFileRoute } from "@tanstack/react-router";

import { ServiceAccountPage } from "@/app/pages/service-account-page";

export const Route = createFileRoute("/o/$org/service-accounts/$accountId")({
  validateSearch: (search): { revoked?: true } => (search["revoked"] === true ? { revoked: true } : {}),
  component: ServiceAccountPage,
});
