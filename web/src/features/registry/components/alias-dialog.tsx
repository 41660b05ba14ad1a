import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleX } from "lucide-react";
import { useDeferredValue, useState } from "react";

import { FormDialog } from "@/components/form-dialog";
import { Field } from "@/components/ui/field";
import { gateQuery, useAliasMove } from "@/features/registry/queries";
import type { Model, ModelVersion } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

const ALIAS = /^[a-z][a-z0-9-]{0,62}$/;

interface AliasDialogProps {
  model: Model & { versions: readonly ModelVersion[] };
  version: ModelVersion;
  onClose: () => void;
}

/** Moves an alias to a version, after telling where it is now and what its gate says. */
export function AliasDialog({ model, version, onClose }: AliasDialogProps) {
  const { t } = useI18n();
  const [alias, setAlias] = useState("champion");
  const asked = useDeferredValue(ALIAS.test(alias) ? alias : "");
  const gate = useQuery(gateQuery(model.id, asked, version.version));
  const move = useAliasMove(model.id);
  const held = model.versions.find((each) => each.aliases.includes(alias));
  return (
    <FormDialog
      onClose={onClose}
      title={t("alias.moveTo", { version: version.version })}
      about={t("alias.about")}
      submit={t("alias.move")}
      mutation={move}
      onSubmit={(_, close) => move.mutate({ alias, version: version.version }, { onSuccess: close })}
    >
      {(refused) => (
        <>
          <Field
            label={t("alias.name")}
            value={alias}
            required
            spellCheck={false}
            pattern="[a-z][a-z0-9\-]{0,62}"
            hint={
              held
                ? t(held.id === version.id ? "alias.here" : "alias.from", { version: held.version })
                : t("alias.unused")
            }
            error={refused["alias"]}
            onChange={({ target }) => setAlias(target.value)}
          />
          {gate.data && gate.data.outcomes.length > 0 && (
            <ul aria-label={t("alias.gate")} data-gate={gate.data.passed} className="space-y-1.5">
              {gate.data.outcomes.map((outcome) => {
                const Icon = outcome.passed ? CircleCheck : CircleX;
                return (
                  <li key={outcome.message} className="flex gap-2">
                    <Icon
                      aria-label={t(outcome.passed ? "alias.passed" : "alias.failed")}
                      className={
                        outcome.passed ? "mt-0.5 size-4 shrink-0 text-success" : "mt-0.5 size-4 shrink-0 text-danger"
                      }
                    />
                    <span className="min-w-0 wrap-anywhere">{outcome.message}</span>
                  </li>
                );
              })}
            </ul>
          )}
          {gate.data?.outcomes.length === 0 && <p className="text-muted-foreground">{t("alias.noGate")}</p>}
        </>
      )}
    </FormDialog>
  );
}
