import { type SubmitEvent, useState } from "react";

import { ProblemNote } from "@/components/problem-note";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Problem } from "@/lib/api/problem";
import { formText } from "@/lib/form";
import { useI18n } from "@/lib/i18n/i18n-context";

import { useSignIn } from "@/features/auth/queries";

/** What is answered to who knows the password of an account that has a second factor. */
const ASKING = new Set(["second_factor_required", "wrong_code"]);

export function SignInForm({ onDone }: { onDone: () => void }) {
  const { t } = useI18n();
  const signIn = useSignIn();
  const refusal = signIn.error instanceof Problem ? signIn.error.code : "";
  // Once it was asked for it stays, also while the next answer is awaited.
  const [asksForCode, setAsksForCode] = useState(false);
  if (ASKING.has(refusal) && !asksForCode) setAsksForCode(true);

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const code = formText(form, "code");
    signIn.mutate(
      { email: formText(form, "email"), password: formText(form, "password"), ...(code === "" ? {} : { code }) },
      { onSuccess: onDone },
    );
  }

  return (
    <form onSubmit={submit} className="space-y-4">
      <Field label={t("auth.email")} name="email" type="email" autoComplete="username" required autoFocus />
      <Field label={t("auth.password")} name="password" type="password" autoComplete="current-password" required />
      {asksForCode && (
        <Field
          label={t("secondFactor.code")}
          name="code"
          autoComplete="one-time-code"
          required
          autoFocus
          minLength={6}
          maxLength={40}
          hint={t("secondFactor.codeHint")}
        />
      )}
      {signIn.error && refusal !== "second_factor_required" && <ProblemNote error={signIn.error} />}
      <Button type="submit" className="w-full" disabled={signIn.isPending}>
        {t("auth.signIn")}
      </Button>
    </form>
  );
}
