import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactElement } from "react";
import { expect, test } from "vitest";

import { renderApp } from "@/testing/render";
import { serve } from "@/testing/server";

import { PasswordForm } from "./password-form";
import { RegisterForm } from "./register-form";
import { SecondFactorSetup } from "./second-factor-setup";
import { SignInForm } from "./sign-in-form";

const FORMS: [string, ReactElement, string[]][] = [
  ["signing in", <SignInForm key="in" onDone={() => undefined} />, ["current-password"]],
  ["registering", <RegisterForm key="new" onDone={() => undefined} />, ["new-password"]],
  ["changing it", <PasswordForm key="change" />, ["current-password", "new-password"]],
  ["setting up a second factor", <SecondFactorSetup key="factor" onCodes={() => undefined} />, ["current-password"]],
];

test.each(FORMS)("%s: passwords are masked, may be pasted, and password managers know them", async (_, form, known) => {
  serve({});
  renderApp(form);
  const fields = screen.getAllByLabelText<HTMLInputElement>(/password/i);
  expect(fields.map((field) => field.getAttribute("autocomplete"))).toEqual(known);
  for (const field of fields) {
    expect(field.type).toBe("password");
    await userEvent.click(field);
    await userEvent.paste("correct horse battery staple");
    expect(field.value).toBe("correct horse battery staple");
  }
});
