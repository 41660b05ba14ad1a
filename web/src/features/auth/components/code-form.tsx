import type { SubmitEvent } from "react";

import { ProblemNote } from "@/components/problem-note";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Problem } from "@/lib/api/problem";
import { formText } from "@/lib/form";
import { useI18n } from "@/lib/i18n/i18n-context";

interface CodeFormProps {
  action: string;
  error: Error | null;
  isPending: boolean;
  onCode: (code: string) => void;
}

/** What the device shows, or a recovery code. */
export function CodeForm({ action, error, isPending, onCode }: CodeFormProps) {
  const { t } = useI18n();
  const refused = error instanceof Problem ? error.fields["code"] : undefined;

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    onCode(formText(new FormData(event.currentTarget), "code"));
  }

  return (
    <form onSubmit={submit} className="max-w-md space-y-4">
      <Field
        label={t("secondFactor.code")}
        name="code"
        autoComplete="one-time-code"
        required
        minLength={6}
        maxLength={40}
        hint={t("secondFactor.codeHint")}
        error={refused}
      />
      {error && !refused && <ProblemNote error={error} />}
      <Button type="submit" disabled={isPending}>
        {action}
      </Button>
    </form>
  );
}
