import { useQuery } from "@tanstack/react-query";
import { useId } from "react";

import { FormDialog } from "@/components/form-dialog";
import { Field } from "@/components/ui/field";
import { NumberField } from "@/components/ui/number-field";
import { serviceNamesQuery, useVersionDeployment } from "@/features/registry/queries";
import type { Model, ModelVersion, Service } from "@/lib/api/types";
import { formNumber, formText } from "@/lib/form";
import { useI18n } from "@/lib/i18n/i18n-context";

interface DeployVersionDialogProps {
  project: string;
  model: Model;
  version: ModelVersion;
  onDeployed: (service: Service) => void;
  onClose: () => void;
}

/** Puts a version behind a service that is there, or behind a new one. */
export function DeployVersionDialog({ project, model, version, onDeployed, onClose }: DeployVersionDialogProps) {
  const { t } = useI18n();
  const names = useId();
  const services = useQuery(serviceNamesQuery(project));
  const deploy = useVersionDeployment(project);
  return (
    <FormDialog
      onClose={onClose}
      title={t("models.deployNamed", { name: model.name, version: version.version })}
      about={t("models.deployAbout")}
      submit={t("models.deploy")}
      mutation={deploy}
      onSubmit={(form, close) =>
        deploy.mutate(
          {
            name: formText(form, "service"),
            services: services.data ?? [],
            model: model.name,
            version: version.version,
            weight: formNumber(form, "weight"),
          },
          {
            onSuccess: (service) => {
              close();
              onDeployed(service);
            },
          },
        )
      }
    >
      {(refused) => (
        <>
          <Field
            label={t("models.service")}
            name="service"
            required
            spellCheck={false}
            list={names}
            defaultValue={model.name}
            hint={t("models.serviceHint")}
            error={refused["name"] ?? refused["model"]}
          />
          <datalist id={names}>
            {services.data?.map((service) => (
              <option key={service.id} value={service.name} />
            ))}
          </datalist>
          <NumberField label={t("column.weight")} name="weight" defaultValue={100} error={refused["weight"]} />
        </>
      )}
    </FormDialog>
  );
}
