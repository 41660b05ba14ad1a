import { Link, useLocation } from "@tanstack/react-router";
import type { SubmitEvent } from "react";

import { Entrance } from "@/app/shell/entrance";
import { ProblemNote } from "@/components/problem-note";
import { textLinkClasses } from "@/components/text-link";
import { Button } from "@/components/ui/button";
import { NewPasswordField } from "@/features/auth/components/new-password-field";
import { useResetPassword } from "@/features/auth/queries";
import { Problem } from "@/lib/api/problem";
import { formText } from "@/lib/form";
import { useI18n } from "@/lib/i18n/i18n-context";

/** Where the administrator's link leads: its token is behind the `#`, which no server is told. */
export function ResetPasswordPage() {
  const { t } = useI18n();
  const token = useLocation({ select: ({ hash }) => hash });
  const reset = useResetPassword();
  const refused = reset.error instanceof Problem ? reset.error.fields["new_password"] : undefined;

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    reset.mutate({ token, new_password: formText(new FormData(event.currentTarget), "new") });
  }

  return (
    <Entrance title={t("reset.title")} about={t("reset.about")}>
      {reset.isSuccess ? (
        <p>
          {t("reset.done")}{" "}
          <Link to="/sign-in" className={textLinkClasses}>
            {t("auth.signIn")}
          </Link>
        </p>
      ) : (
        <form onSubmit={submit} className="space-y-4">
          {token === "" && <p>{t("invitation.incomplete")}</p>}
          <NewPasswordField label={t("settings.newPassword")} name="new" autoFocus error={refused} />
          {reset.error && !refused && <ProblemNote error={reset.error} />}
          <Button type="submit" className="w-full" disabled={token === "" || reset.isPending}>
            {t("settings.changePassword")}
          </Button>
        </form>
      )}
    </Entrance>
  );
}
