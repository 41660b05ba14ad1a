import { Card } from "@/components/ui/card";
import type { TrainingJob } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

/** How often a job saves its state, and what becomes of it. */
export function JobCheckpoints({ job }: { job: TrainingJob }) {
  const { t } = useI18n();
  const checkpoint = job.spec["checkpoint"];
  const { every_steps, keep } = (checkpoint ?? {}) as Record<string, unknown>;
  return (
    <Card title={t("job.checkpoints")}>
      {typeof every_steps === "number" && typeof keep === "number" ? (
        <p>{t("job.checkpointsEvery", { steps: every_steps, keep })}</p>
      ) : (
        <p>{t("job.checkpointsNone")}</p>
      )}
      <p className="mt-2 text-xs text-muted-foreground">{t("job.checkpointsAbout")}</p>
    </Card>
  );
}
