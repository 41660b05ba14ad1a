import { Plus } from "lucide-react";

import { FormDialog } from "@/components/form-dialog";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { useCreateService } from "@/features/inference/queries";
import type { Service } from "@/lib/api/types";
import { formText } from "@/lib/form";
import { useI18n } from "@/lib/i18n/i18n-context";

export function CreateService({ project, onDone }: { project: string; onDone: (service: Service) => void }) {
  const { t } = useI18n();
  const create = useCreateService(project);
  return (
    <FormDialog
      trigger={
        <Button>
          <Plus aria-hidden />
          {t("services.create")}
        </Button>
      }
      title={t("services.create")}
      about={t("services.createAbout")}
      submit={t("action.create")}
      mutation={create}
      onSubmit={(form, close) =>
        create.mutate(
          { name: formText(form, "name"), description: formText(form, "description") },
          {
            onSuccess: (service) => {
              close();
              onDone(service);
            },
          },
        )
      }
    >
      {(refused) => (
        <>
          <Field
            label={t("column.name")}
            name="name"
            required
            maxLength={63}
            autoFocus
            hint={t("services.nameHint")}
            error={refused["name"]}
          />
          <Field label={t("column.about")} name="description" maxLength={4000} error={refused["description"]} />
        </>
      )}
    </FormDialog>
  );
}
