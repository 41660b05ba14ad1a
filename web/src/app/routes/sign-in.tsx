import { createFileRoute } from "@tanstack/react-router";

import { SignInPage } from "@/app/pages/sign-in-page";
import { ownAddress } from "@/app/session";

export const Route = createFileRoute("/sign-in")({
  validateSearch: (search): { next?: string } => {
    const next = ownAddress(search["next"]);
    return next ? { next } : {};
  },
  component: SignInPage,
});
