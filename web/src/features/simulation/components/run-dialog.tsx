import { Play } from "lucide-react";
import { useState } from "react";

import { FormDialog } from "@/components/form-dialog";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import type { Described } from "@/features/simulation/environment";
import { type NewSimulation, useRunSimulation } from "@/features/simulation/queries";
import type { Model, Simulation } from "@/lib/api/types";
import { formNumber, formText } from "@/lib/form";
import { useI18n } from "@/lib/i18n/i18n-context";

/** Episodes that the platform records of a simulation, at most. */
const MOST_RECORDED = 10;

interface RunDialogProps {
  project: string;
  environment: Described;
  /** Of the project's registry: each may be the policy, as its champion. */
  models: readonly Model[];
  onDone: (simulation: Simulation) => void;
}

/** Runs a policy in an environment. */
export function RunDialog({ project, environment, models, onDone }: RunDialogProps) {
  const { t } = useI18n();
  const run = useRunSimulation(project);
  const [policy, setPolicy] = useState("random");
  const policies: (readonly [string, string])[] = [
    ["random", t("policy.random")],
    ...environment.scripted.map((name) => [`scripted ${name}`, t("policy.scripted", { name })] as const),
    ...models.map(({ name }) => [`model ${name}`, t("policy.model", { name })] as const),
  ];
  return (
    <FormDialog
      trigger={
        <Button variant="outline" size="small" aria-label={t("environments.run", { name: environment.name })}>
          <Play aria-hidden />
          {t("environments.runShort")}
        </Button>
      }
      title={t("environments.run", { name: environment.name })}
      about={t("simulations.runAbout")}
      submit={t("simulations.run")}
      mutation={run}
      onSubmit={(form, close) => {
        run.mutate(
          {
            name: formText(form, "name"),
            environment: environment.name,
            policy: policyOf(policy),
            episodes: formNumber(form, "episodes"),
            workers: formNumber(form, "workers"),
            seed: formNumber(form, "seed"),
            recorded_episodes: formNumber(form, "recorded_episodes"),
          },
          {
            onSuccess: (simulation) => {
              close();
              onDone(simulation);
            },
          },
        );
      }}
    >
      {(refused) => (
        <>
          <Field
            label={t("column.name")}
            name="name"
            required
            maxLength={63}
            autoFocus
            hint={t("simulations.nameHint")}
            error={refused["name"]}
          />
          <Select label={t("simulations.policy")} value={policy} options={policies} onChange={setPolicy} />
          <div className="grid gap-4 sm:grid-cols-2">
            <NumberField
              label={t("simulations.episodes")}
              name="episodes"
              min={1}
              defaultValue={100}
              error={refused["episodes"]}
            />
            <NumberField
              label={t("simulations.workers")}
              name="workers"
              min={1}
              defaultValue={2}
              error={refused["workers"]}
            />
            <NumberField label={t("simulations.seed")} name="seed" defaultValue={0} error={refused["seed"]} />
            <NumberField
              label={t("simulations.recorded")}
              name="recorded_episodes"
              max={MOST_RECORDED}
              defaultValue={3}
              hint={t("simulations.recordedHint", { most: MOST_RECORDED })}
              error={refused["recorded_episodes"]}
            />
          </div>
        </>
      )}
    </FormDialog>
  );
}

function policyOf(chosen: string): NewSimulation["policy"] {
  const [kind, name = ""] = chosen.split(" ");
  if (kind === "scripted") return { kind, name };
  if (kind === "model") return { kind, model: name, version: "champion" };
  return { kind: "random" };
}
