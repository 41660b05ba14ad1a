import { SlidersHorizontal } from "lucide-react";
import { useState } from "react";

import { FormDialog } from "@/components/form-dialog";
import { Button } from "@/components/ui/button";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import { useSetQuota } from "@/features/quotas/queries";
import type { Member, Project, Quota } from "@/lib/api/types";
import { formText } from "@/lib/form";
import { useI18n } from "@/lib/i18n/i18n-context";

const RESOURCES: readonly Quota["resource"][] = [
  "gpu",
  "cpu",
  "memory",
  "workloads",
  "storage",
  "tokens_per_day",
  "tokens_per_month",
];

interface SetQuotaDialogProps {
  organization: string;
  projects: readonly Project[];
  members: readonly Member[];
}

/** A limit of a project or a person; empty fields take the limit away. */
export function SetQuotaDialog({ organization, projects, members }: SetQuotaDialogProps) {
  const { t, term } = useI18n();
  const set = useSetQuota(organization);
  const holders = [
    ...projects.map(({ id, name }) => [`project ${id}`, `${t("keys.project")}: ${name}`] as const),
    ...members.map(({ user_id, name, email }) => [`user ${user_id}`, `${name} (${email})`] as const),
  ];
  const [holder, setHolder] = useState<string>(holders[0]?.[0] ?? "");
  const [resource, setResource] = useState<Quota["resource"]>("gpu");
  return (
    <FormDialog
      trigger={
        <Button variant="outline" size="small" disabled={holders.length === 0}>
          <SlidersHorizontal aria-hidden />
          {t("quotas.set")}
        </Button>
      }
      title={t("quotas.set")}
      about={t("quotas.setAbout")}
      submit={t("action.save")}
      mutation={set}
      onSubmit={(form, close) => {
        const [kind, id] = holder.split(" ");
        set.mutate(
          {
            ...(kind === "project" ? { project: id ?? null } : { user_id: id ?? null }),
            resource,
            hard: number(formText(form, "hard")),
            soft: number(formText(form, "soft")),
          },
          { onSuccess: close },
        );
      }}
    >
      {(refused) => (
        <>
          <Select label={t("quotas.of")} value={holder} options={holders} onChange={setHolder} />
          <Select
            label={t("quotas.resource")}
            value={resource}
            options={RESOURCES.map((each) => [each, term("limited", each)] as const)}
            onChange={setResource}
          />
          <NumberField
            label={t("quotas.soft")}
            name="soft"
            required={false}
            step="any"
            hint={t("quotas.softHint")}
            error={refused["soft"]}
          />
          <NumberField
            label={t("quotas.hard")}
            name="hard"
            required={false}
            step="any"
            hint={t("quotas.hardHint")}
            error={refused["hard"]}
          />
        </>
      )}
    </FormDialog>
  );
}

function number(text: string): number | null {
  return text === "" ? null : Number(text);
}
