import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { JobChangeDialog } from "@/features/training/components/job-change-dialog";
import { possibleChange } from "@/features/training/job-change";
import type { JobChange } from "@/features/training/queries";
import type { TrainingJob } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

/** What one may do with a job: cancel it, retry it, or begin another like it. */
export function JobActions({ project, job }: { project: string; job: TrainingJob }) {
  const { t } = useI18n();
  const [asked, setAsked] = useState<JobChange | null>(null);
  const possible = possibleChange(job);
  return (
    <>
      <Button variant="outline" asChild>
        <Link to="/p/$project/training/new" params={{ project }} search={{ from: job.id }}>
          {t("job.another")}
        </Link>
      </Button>
      {possible && (
        <Button variant={possible === "cancel" ? "danger" : "primary"} onClick={() => setAsked(possible)}>
          {t(possible === "cancel" ? "job.cancel" : "job.retry")}
        </Button>
      )}
      {asked && <JobChangeDialog change={asked} jobs={[job]} onClose={() => setAsked(null)} />}
    </>
  );
}
