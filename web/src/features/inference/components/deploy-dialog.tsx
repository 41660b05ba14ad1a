import { Rocket } from "lucide-react";
import { useState } from "react";

import { FormDialog } from "@/components/form-dialog";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import { useDeploy } from "@/features/inference/queries";
import type { Model } from "@/lib/api/types";
import { formNumber, formText } from "@/lib/form";
import { useI18n } from "@/lib/i18n/i18n-context";

interface DeployDialogProps {
  serviceId: string;
  /** Of the project's registry. */
  models: readonly Model[];
}

/** Puts a version of a registered model behind the service. */
export function DeployDialog({ serviceId, models }: DeployDialogProps) {
  const { t } = useI18n();
  const deploy = useDeploy(serviceId);
  const [chosen, setChosen] = useState<string>();
  const model = chosen ?? models[0]?.name ?? "";
  return (
    <FormDialog
      trigger={
        <Button size="small" disabled={models.length === 0}>
          <Rocket aria-hidden />
          {t("deploy.title")}
        </Button>
      }
      title={t("deploy.title")}
      about={t("deploy.about")}
      submit={t("deploy.action")}
      mutation={deploy}
      onSubmit={(form, close) => {
        deploy.mutate(
          {
            model,
            version: formText(form, "version"),
            weight: formNumber(form, "weight"),
            spec: {
              replicas: formNumber(form, "replicas"),
              cpu: formNumber(form, "cpu"),
              gpu: formNumber(form, "gpu"),
            },
          },
          { onSuccess: close },
        );
      }}
    >
      {(refused) => (
        <>
          <Select
            label={t("column.model")}
            value={model}
            options={models.map(({ name }) => [name, name] as const)}
            onChange={setChosen}
          />
          <Field
            label={t("column.version")}
            name="version"
            required
            maxLength={63}
            defaultValue="champion"
            hint={t("deploy.versionHint")}
            error={refused["version"]}
          />
          <div className="grid grid-cols-2 gap-4">
            <NumberField
              label={t("deploy.replicas")}
              name="replicas"
              min={1}
              defaultValue={1}
              error={refused["spec.replicas"]}
            />
            <NumberField label={t("column.weight")} name="weight" defaultValue={100} error={refused["weight"]} />
            <NumberField label={t("deploy.cpu")} name="cpu" step="any" defaultValue={1} error={refused["spec.cpu"]} />
            <NumberField label={t("deploy.gpu")} name="gpu" step="any" defaultValue={0} error={refused["spec.gpu"]} />
          </div>
        </>
      )}
    </FormDialog>
  );
}
