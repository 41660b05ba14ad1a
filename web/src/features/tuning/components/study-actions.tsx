import { useState } from "react";

import { ProblemNote } from "@/components/problem-note";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { ExtendStudy } from "@/features/tuning/components/extend-study";
import { isLive, useStudyCancel } from "@/features/tuning/queries";
import type { Study } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

/** Gives a study more trials, or ends it; what its trials have reported stays. */
export function StudyActions({ study }: { study: Study }) {
  const { t } = useI18n();
  const [asked, setAsked] = useState(false);
  const cancel = useStudyCancel();
  if (study.workload.status === "stopping") return null;
  return (
    <>
      <ExtendStudy study={study} />
      {isLive(study) && (
        <Button variant="danger" onClick={() => setAsked(true)}>
          {t("study.cancel")}
        </Button>
      )}
      {asked && (
        <ConfirmDialog
          title={t("study.cancelNamed", { name: study.name })}
          about={
            <>
              <p>{t("study.cancelAbout")}</p>
              {cancel.error && <ProblemNote error={cancel.error} />}
            </>
          }
          action={t("study.cancel")}
          disabled={cancel.isPending}
          onConfirm={() => cancel.mutate(study.id, { onSuccess: () => setAsked(false) })}
          onClose={() => setAsked(false)}
        />
      )}
    </>
  );
}
