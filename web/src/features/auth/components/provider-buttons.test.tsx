import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { renderApp } from "@/testing/render";
import { serve } from "@/testing/server";

import { ProviderButtons } from "./provider-buttons";
import { SignInProblem } from "./sign-in-problem";

const PROVIDERS = [
  { name: "corp", kind: "oidc", title: "Corp" },
  { name: "github", kind: "github", title: "GitHub" },
];

test("offers each provider, and says why one cannot be reached", async () => {
  const refusal = { code: "provider_unavailable", detail: "Corp does not answer" };
  const requests = serve({
    "GET /api/v1/auth/providers": () => Response.json(PROVIDERS),
    "POST /api/v1/auth/providers/corp:sign-in": () => Response.json(refusal, { status: 503 }),
  });
  renderApp(<ProviderButtons next="/p/default" />);
  expect(await screen.findByRole("button", { name: "Continue with GitHub" })).toBeEnabled();
  await userEvent.click(screen.getByRole("button", { name: "Continue with Corp" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("Corp does not answer");
  expect(await requests[1]?.json()).toEqual({ next: "/p/default" });
});

test("says what happened at the provider in words", () => {
  renderApp(<SignInProblem code="email_unverified" />);
  expect(screen.getByRole("alert")).toHaveTextContent("has not verified");
});
