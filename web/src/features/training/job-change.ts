import type { JobChange } from "@/features/training/queries";
import type { TrainingJob } from "@/lib/api/types";

const RETRIED = new Set(["failed", "cancelled"]);
const OVER = new Set([...RETRIED, "succeeded", "stopping"]);

/** What a person may do with a job now. */
export function possibleChange(job: TrainingJob): JobChange | null {
  const { status } = job.workload;
  if (RETRIED.has(status)) return "retry";
  return OVER.has(status) ? null : "cancel";
}
