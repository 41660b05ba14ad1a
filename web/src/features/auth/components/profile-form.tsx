import type { SubmitEvent } from "react";

import { ProblemNote } from "@/components/problem-note";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { useRename } from "@/features/auth/queries";
import type { Me } from "@/lib/api/types";
import { formText } from "@/lib/form";
import { useI18n } from "@/lib/i18n/i18n-context";
import { showToast } from "@/lib/toasts";

export function ProfileForm({ me, onDone }: { me: Me; onDone: () => void }) {
  const { t } = useI18n();
  const rename = useRename();

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    const name = formText(new FormData(event.currentTarget), "name");
    rename.mutate(name, {
      onSuccess: () => {
        showToast({ text: t("settings.saved") });
        onDone();
      },
    });
  }

  return (
    <form onSubmit={submit} className="max-w-md space-y-4">
      <Field
        label={t("auth.name")}
        name="name"
        autoComplete="name"
        required
        maxLength={200}
        defaultValue={me.user.name}
      />
      <Field label={t("auth.email")} type="email" value={me.user.email} readOnly hint={t("settings.emailHint")} />
      {rename.error && <ProblemNote error={rename.error} />}
      <Button type="submit" disabled={rename.isPending}>
        {t("action.save")}
      </Button>
    </form>
  );
}
