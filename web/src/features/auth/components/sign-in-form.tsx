import type { SubmitEvent } from "react";

import { ProblemNote } from "@/components/problem-note";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { formText } from "@/lib/form";
import { useI18n } from "@/lib/i18n/i18n-context";

import { useSignIn } from "@/features/auth/queries";

export function SignInForm({ onDone }: { onDone: () => void }) {
  const { t } = useI18n();
  const signIn = useSignIn();

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    signIn.mutate({ email: formText(form, "email"), password: formText(form, "password") }, { onSuccess: onDone });
  }

  return (
    <form onSubmit={submit} className="space-y-4">
      <Field label={t("auth.email")} name="email" type="email" autoComplete="username" required autoFocus />
      <Field label={t("auth.password")} name="password" type="password" autoComplete="current-password" required />
      {signIn.error && <ProblemNote error={signIn.error} />}
      <Button type="submit" className="w-full" disabled={signIn.isPending}>
        {t("auth.signIn")}
      </Button>
    </form>
  );
}
