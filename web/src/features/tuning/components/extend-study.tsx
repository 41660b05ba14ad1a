import { ListPlus } from "lucide-react";

import { FormDialog } from "@/components/form-dialog";
import { Button } from "@/components/ui/button";
import { NumberField } from "@/components/ui/number-field";
import { useStudyExtend } from "@/features/tuning/queries";
import type { Study } from "@/lib/api/types";
import { formNumber } from "@/lib/form";
import { useI18n } from "@/lib/i18n/i18n-context";

/** More trials, of a study that runs or has ended. */
export function ExtendStudy({ study }: { study: Study }) {
  const { t } = useI18n();
  const extend = useStudyExtend();
  const trials = Number(study.spec["trials"]);
  return (
    <FormDialog
      trigger={
        <Button variant="outline">
          <ListPlus aria-hidden />
          {t("study.extend")}
        </Button>
      }
      title={t("study.extendNamed", { name: study.name })}
      about={t("study.extendAbout")}
      submit={t("study.extend")}
      mutation={extend}
      onSubmit={(form, close) =>
        extend.mutate({ studyId: study.id, trials: formNumber(form, "trials") }, { onSuccess: close })
      }
    >
      {(refused) => (
        <NumberField
          label={t("study.extendTrials")}
          name="trials"
          min={1}
          max={10_000}
          defaultValue={trials * 2}
          autoFocus
          error={refused["trials"]}
        />
      )}
    </FormDialog>
  );
}
