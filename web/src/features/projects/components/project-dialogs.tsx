import { Pencil, Plus } from "lucide-react";

import { FormDialog } from "@/components/form-dialog";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { useCreateProject, useUpdateProject } from "@/features/projects/queries";
import type { Organization, Project } from "@/lib/api/types";
import { formText } from "@/lib/form";
import { useI18n } from "@/lib/i18n/i18n-context";

const LONGEST_NAME = 200;
const LONGEST_DESCRIPTION = 4000;

export function CreateProject({ organization, onDone }: { organization: Organization; onDone: () => void }) {
  const { t } = useI18n();
  const create = useCreateProject(organization.id);
  return (
    <FormDialog
      trigger={
        <Button>
          <Plus aria-hidden />
          {t("projects.create")}
        </Button>
      }
      title={t("projects.create")}
      submit={t("action.create")}
      mutation={create}
      onSubmit={(form, close) =>
        create.mutate(
          { name: formText(form, "name"), slug: formText(form, "slug"), description: formText(form, "description") },
          {
            onSuccess: () => {
              close();
              onDone();
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
            maxLength={LONGEST_NAME}
            autoFocus
            error={refused["name"]}
          />
          <Field
            label={t("projects.slug")}
            name="slug"
            required
            hint={t("projects.slugHint")}
            error={refused["slug"]}
          />
          <Field
            label={t("column.about")}
            name="description"
            maxLength={LONGEST_DESCRIPTION}
            error={refused["description"]}
          />
        </>
      )}
    </FormDialog>
  );
}

export function EditProject({ project, onDone }: { project: Project; onDone: () => void }) {
  const { t } = useI18n();
  const update = useUpdateProject(project.id);
  return (
    <FormDialog
      trigger={
        <Button variant="outline">
          <Pencil aria-hidden />
          {t("action.edit")}
        </Button>
      }
      title={t("projects.edit", { name: project.name })}
      submit={t("action.save")}
      mutation={update}
      onSubmit={(form, close) =>
        update.mutate(
          { name: formText(form, "name"), description: formText(form, "description") },
          {
            onSuccess: () => {
              close();
              onDone();
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
            maxLength={LONGEST_NAME}
            defaultValue={project.name}
            error={refused["name"]}
          />
          <Field
            label={t("column.about")}
            name="description"
            maxLength={LONGEST_DESCRIPTION}
            defaultValue={project.description}
            error={refused["description"]}
          />
        </>
      )}
    </FormDialog>
  );
}
