import type { SubmitEvent } from "react";

import { ProblemNote } from "@/components/problem-note";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { NewPasswordField } from "@/features/auth/components/new-password-field";
import { useChangePassword } from "@/features/auth/queries";
import { Problem } from "@/lib/api/problem";
import { formText } from "@/lib/form";
import { useI18n } from "@/lib/i18n/i18n-context";
import { showToast } from "@/lib/toasts";

/** Changes the password; every other session ends. */
export function PasswordForm() {
  const { t } = useI18n();
  const change = useChangePassword();
  const refused = change.error instanceof Problem ? change.error.fields : {};
  const elsewhere = change.error !== null && Object.keys(refused).length === 0;

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    const target = event.currentTarget;
    const form = new FormData(target);
    change.mutate(
      { current_password: formText(form, "current"), new_password: formText(form, "new") },
      {
        onSuccess: () => {
          target.reset();
          showToast({ text: t("settings.passwordChanged") });
        },
      },
    );
  }

  return (
    <form onSubmit={submit} className="max-w-md space-y-4">
      <Field
        label={t("settings.currentPassword")}
        name="current"
        type="password"
        autoComplete="current-password"
        required
        error={refused["current_password"]}
      />
      <NewPasswordField label={t("settings.newPassword")} name="new" error={refused["new_password"]} />
      {elsewhere && <ProblemNote error={change.error} />}
      <Button type="submit" disabled={change.isPending}>
        {t("settings.changePassword")}
      </Button>
    </form>
  );
}
