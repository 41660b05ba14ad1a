import type { SubmitEvent } from "react";

import { ProblemNote } from "@/components/problem-note";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { CodeForm } from "@/features/auth/components/code-form";
import { useConfirmSecondFactor, useOfferSecondFactor } from "@/features/auth/queries";
import { Problem } from "@/lib/api/problem";
import { formText } from "@/lib/form";
import { useI18n } from "@/lib/i18n/i18n-context";

/** From the password to the device; who shows the codes that stand in for it outlives this. */
export function SecondFactorSetup({ onCodes }: { onCodes: (codes: string[]) => void }) {
  const { t } = useI18n();
  const offer = useOfferSecondFactor();
  const confirm = useConfirmSecondFactor();
  const refused = offer.error instanceof Problem ? offer.error.fields["current_password"] : undefined;

  function ask(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    offer.mutate(formText(new FormData(event.currentTarget), "current"));
  }

  if (offer.data) {
    return (
      <div className="space-y-4">
        <p>{t("secondFactor.scan")}</p>
        <img src={offer.data.image} alt={t("secondFactor.image")} className="size-48 bg-white p-2" />
        <p className="font-mono wrap-anywhere">{offer.data.secret}</p>
        <CodeForm
          action={t("secondFactor.confirm")}
          onCode={(code) => confirm.mutate(code, { onSuccess: (made) => onCodes(made.codes) })}
          {...confirm}
        />
      </div>
    );
  }
  return (
    <form onSubmit={ask} className="max-w-md space-y-4">
      <p className="text-muted-foreground">{t("secondFactor.about")}</p>
      <Field
        label={t("settings.currentPassword")}
        name="current"
        type="password"
        autoComplete="current-password"
        error={refused}
      />
      {offer.error && !refused && <ProblemNote error={offer.error} />}
      <Button type="submit" disabled={offer.isPending}>
        {t("secondFactor.begin")}
      </Button>
    </form>
  );
}
