import { createFileRoute } from "@tanstack/react-router";

import { KeysPage } from "@/app/pages/keys-page";

export const Route = createFileRoute("/settings/keys")({
  validateSearch: (search): { revoked?: true } => (search["revoked"] === true ? { revoked: true } : {}),
  component: KeysPage,
});
