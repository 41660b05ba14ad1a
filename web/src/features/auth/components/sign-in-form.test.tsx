import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import { renderApp } from "@/testing/render";
import { serve } from "@/testing/server";

import { SignInForm } from "./sign-in-form";

test("signs in with what was typed", async () => {
  const requests = serve({ "POST /api/v1/auth/login": () => Response.json({ user: {} }) });
  const onDone = vi.fn();
  renderApp(<SignInForm onDone={onDone} />);
  await userEvent.type(screen.getByLabelText("Email"), "ada@example.com");
  await userEvent.type(screen.getByLabelText("Password"), "correct horse battery{Enter}");
  await vi.waitFor(() => expect(onDone).toHaveBeenCalledOnce());
  expect(await requests[0]?.json()).toEqual({ email: "ada@example.com", password: "correct horse battery" });
});

test("asks for the code of the second factor once the password is right", async () => {
  const refusal = { code: "second_factor_required", detail: "this account has a second factor" };
  const requests = serve({
    "POST /api/v1/auth/login": async (request) => {
      const sent = (await request.clone().json()) as { code?: string };
      return sent.code ? Response.json({ user: {} }) : Response.json(refusal, { status: 401 });
    },
  });
  const onDone = vi.fn();
  renderApp(<SignInForm onDone={onDone} />);
  expect(screen.queryByLabelText("Code")).toBeNull();
  await userEvent.type(screen.getByLabelText("Email"), "ada@example.com");
  await userEvent.type(screen.getByLabelText("Password"), "correct horse battery{Enter}");
  await userEvent.type(await screen.findByLabelText("Code"), "123456{Enter}");
  await vi.waitFor(() => expect(onDone).toHaveBeenCalledOnce());
  expect(await requests[1]?.json()).toMatchObject({ password: "correct horse battery", code: "123456" });
});

test("says why it was refused", async () => {
  const refusal = { code: "unauthenticated", detail: "the address or the password is wrong" };
  serve({ "POST /api/v1/auth/login": () => Response.json(refusal, { status: 401 }) });
  renderApp(<SignInForm onDone={() => undefined} />);
  await userEvent.type(screen.getByLabelText("Email"), "ada@example.com");
  await userEvent.type(screen.getByLabelText("Password"), "wrong{Enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent("the address or the password is wrong");
});
