import type { SubmitEvent } from "react";

import { ProblemNote } from "@/components/problem-note";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Problem } from "@/lib/api/problem";
import { formText } from "@/lib/form";
import { useI18n } from "@/lib/i18n/i18n-context";

import { NewPasswordField } from "@/features/auth/components/new-password-field";
import { useRegister } from "@/features/auth/queries";

export function RegisterForm({ onDone }: { onDone: () => void }) {
  const { t } = useI18n();
  const register = useRegister();
  const refused = register.error instanceof Problem ? register.error.fields : {};
  const elsewhere = register.error !== null && Object.keys(refused).length === 0;

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    register.mutate(
      {
        name: formText(form, "name"),
        organization: formText(form, "organization"),
        email: formText(form, "email"),
        password: formText(form, "password"),
      },
      { onSuccess: onDone },
    );
  }

  return (
    <form onSubmit={submit} className="space-y-4">
      <Field
        label={t("auth.name")}
        name="name"
        autoComplete="name"
        required
        maxLength={200}
        autoFocus
        error={refused["name"]}
      />
      <Field
        label={t("auth.organization")}
        name="organization"
        autoComplete="organization"
        required
        maxLength={200}
        hint={t("auth.organizationHint")}
        error={refused["organization"]}
      />
      <Field
        label={t("auth.email")}
        name="email"
        type="email"
        autoComplete="username"
        required
        error={refused["email"]}
      />
      <NewPasswordField label={t("auth.password")} name="password" error={refused["password"]} />
      {elsewhere && <ProblemNote error={register.error} />}
      <Button type="submit" className="w-full" disabled={register.isPending}>
        {t("auth.register")}
      </Button>
    </form>
  );
}
