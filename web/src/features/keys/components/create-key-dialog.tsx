import { Plus } from "lucide-react";
import { useState } from "react";

import { FormDialog } from "@/components/form-dialog";
import { SecretNote } from "@/components/secret-note";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { type KeyOwner, useCreateKey } from "@/features/keys/queries";
import type { KeyScope, Project } from "@/lib/api/types";
import { formText } from "@/lib/form";
import { useI18n } from "@/lib/i18n/i18n-context";

const SCOPES: readonly KeyScope[] = ["read", "write", "inference", "admin"];
const LIFETIMES = ["30", "90", "365", "never"] as const;
const DAY_MS = 86_400_000;

interface CreateKeyDialogProps {
  owner: KeyOwner;
  /** Those that the key may have as its default; the first is proposed. */
  projects: readonly Project[];
}

/** Makes a key; it is shown once, in the same dialog. */
export function CreateKeyDialog({ owner, projects }: CreateKeyDialogProps) {
  const { t, term } = useI18n();
  const create = useCreateKey(owner);
  const [project, setProject] = useState(projects[0]?.id ?? "");
  const [scopes, setScopes] = useState<readonly KeyScope[]>([]);
  const [lifetime, setLifetime] = useState<(typeof LIFETIMES)[number]>("90");
  return (
    <FormDialog
      trigger={
        <Button disabled={projects.length === 0}>
          <Plus aria-hidden />
          {t("keys.create")}
        </Button>
      }
      title={t("keys.create")}
      about={t("keys.createAbout")}
      submit={t("keys.create")}
      mutation={create}
      onSubmit={(form) =>
        create.mutate({
          name: formText(form, "name"),
          project,
          scopes: [...scopes],
          ...(lifetime === "never"
            ? {}
            : { expires_at: new Date(Date.now() + Number(lifetime) * DAY_MS).toISOString() }),
        })
      }
      result={create.data && <SecretNote about={t("keys.once")} secret={create.data.key} />}
    >
      {(refused) => (
        <>
          <Field
            label={t("column.name")}
            name="name"
            required
            maxLength={200}
            autoFocus
            hint={t("keys.nameHint")}
            error={refused["name"]}
          />
          <Select
            label={t("keys.project")}
            value={project}
            options={projects.map(({ id, name }) => [id, name] as const)}
            onChange={setProject}
          />
          <Select
            label={t("keys.lifetime")}
            value={lifetime}
            options={LIFETIMES.map((days) => [days, term("lifetime", days)] as const)}
            onChange={setLifetime}
          />
          <fieldset>
            <legend className="text-sm font-medium">{t("keys.scopes")}</legend>
            <p className="text-xs text-muted-foreground">{t("keys.scopesHint")}</p>
            <div className="mt-1 flex flex-col">
              {SCOPES.map((scope) => (
                <Checkbox
                  key={scope}
                  label={term("scopeMeaning", scope)}
                  checked={scopes.includes(scope)}
                  onChange={(is) => setScopes(is ? [...scopes, scope] : scopes.filter((each) => each !== scope))}
                />
              ))}
            </div>
          </fieldset>
        </>
      )}
    </FormDialog>
  );
}
