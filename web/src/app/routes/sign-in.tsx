import { createFileRoute } from "@tanstack/react-router";

import { SignInPage } from "@/app/pages/sign-in-page";
import { ownAddress } from "@/app/session";

export const Route = createFileRoute("/sign-in")({
  validateSearch: (search): { next?: string; problem?: string } => {
    const next = ownAddress(search["next"]);
    const problem = problemCode(search["problem"]);
    return { ...(next ? { next } : {}), ...(problem ? { problem } : {}) };
  },
  component: SignInPage,
});

/** A code, and no sentence that somebody else has put into the address. */
function problemCode(problem: unknown): string | undefined {
  return typeof problem === "string" && /^[a-z_]{1,40}$/.test(problem) ? problem : undefined;
}
