import { useState } from "react";

import { ProblemNote } from "@/components/problem-note";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { type JobChange, useJobChange } from "@/features/training/queries";
import type { TrainingJob } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

interface JobChangeDialogProps {
  change: JobChange;
  jobs: readonly TrainingJob[];
  /** Called when it is done, or given up. */
  onClose: () => void;
}

/** Asks before jobs are cancelled or retried, does it, and tells which were refused. */
export function JobChangeDialog({ change, jobs, onClose }: JobChangeDialogProps) {
  const { t } = useI18n();
  const [asked] = useState(jobs);
  const { mutate, data, isPending } = useJobChange();
  const [only] = asked;
  const title =
    asked.length === 1 && only
      ? t(change === "cancel" ? "job.cancelNamed" : "job.retryNamed", { name: only.name })
      : t(change === "cancel" ? "job.cancelCount" : "job.retryCount", { count: asked.length });
  return (
    <ConfirmDialog
      title={title}
      about={
        <>
          <p>{t(change === "cancel" ? "job.cancelAbout" : "job.retryAbout")}</p>
          {data?.refused && (
            <div className="mt-4 space-y-2">
              <p>{t("job.refused", { done: data.done, count: data.refused.count })}</p>
              <ProblemNote error={data.refused.error} />
            </div>
          )}
        </>
      }
      action={t(change === "cancel" ? "job.cancel" : "job.retry")}
      tone={change === "cancel" ? "danger" : "primary"}
      disabled={isPending || data !== undefined}
      onConfirm={() =>
        mutate({ jobIds: asked.map((job) => job.id), change }, { onSuccess: ({ refused }) => refused ?? onClose() })
      }
      onClose={onClose}
    />
  );
}
