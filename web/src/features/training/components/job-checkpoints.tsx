import { CopyCommand } from "@/components/copy-command";
import { Card } from "@/components/ui/card";
import type { TrainingJob } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

/** How often a job saves its state, what becomes of it, and where it lies. */
export function JobCheckpoints({ job, organization }: { job: TrainingJob; organization: string }) {
  const { t } = useI18n();
  const checkpoint = job.spec["checkpoint"];
  const { every_steps, keep } = (checkpoint ?? {}) as Record<string, unknown>;
  return (
    <Card title={t("job.checkpoints")}>
      {typeof every_steps === "number" && typeof keep === "number" ? (
        <div className="space-y-2">
          <p>{t("job.checkpointsEvery", { steps: every_steps, keep })}</p>
          <p className="text-xs text-muted-foreground">{t("job.checkpointsAbout")}</p>
          <CopyCommand command={`${organization}/${job.workload.id}`} />
          <p className="text-xs text-muted-foreground">{t("job.checkpointsWhere")}</p>
        </div>
      ) : (
        <p>{t("job.checkpointsNone")}</p>
      )}
    </Card>
  );
}
