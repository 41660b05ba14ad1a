import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { ProblemNote } from "@/components/problem-note";
import { CodeForm } from "@/features/auth/components/code-form";
import { SecondFactorSetup } from "@/features/auth/components/second-factor-setup";
import { secondFactorQuery, useRemoveSecondFactor, useVerifySecondFactor } from "@/features/auth/queries";
import { useI18n } from "@/lib/i18n/i18n-context";

interface SecondFactorProps {
  /** Called when what the person may see has changed: organizations ask for a second factor. */
  onDone: () => void;
}

/** One-time passwords of a device, asked for beside the password. */
export function SecondFactor({ onDone }: SecondFactorProps) {
  const { t } = useI18n();
  const factor = useQuery(secondFactorQuery);
  const verify = useVerifySecondFactor();
  const remove = useRemoveSecondFactor();
  const [codes, setCodes] = useState<string[]>();
  const made = (recovery: string[]) => {
    setCodes(recovery);
    onDone();
  };
  if (factor.error) return <ProblemNote error={factor.error} onRetry={() => void factor.refetch()} />;
  if (!factor.data) return null;
  const { enabled_at: enabled, recovery_codes: left, proven, required_by: requiredBy } = factor.data;
  if (codes) {
    return (
      <div className="space-y-2">
        <p>{t("secondFactor.recoveryCodes")}</p>
        <ul className="grid grid-cols-2 gap-1 font-mono">
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
      </div>
    );
  }
  return (
    <div className="space-y-4">
      {requiredBy.length > 0 && (
        <p className="text-danger">{t("secondFactor.required", { count: requiredBy.length })}</p>
      )}
      {enabled === null && <SecondFactorSetup onCodes={made} />}
      {enabled !== null && !proven && (
        <CodeForm
          action={t("secondFactor.prove")}
          onCode={(code) => verify.mutate(code, { onSuccess: onDone })}
          {...verify}
        />
      )}
      {enabled !== null && proven && (
        <>
          <p>{t("secondFactor.enabled", { count: left })}</p>
          <CodeForm
            action={t("secondFactor.remove")}
            onCode={(code) => remove.mutate(code, { onSuccess: onDone })}
            {...remove}
          />
        </>
      )}
    </div>
  );
}
