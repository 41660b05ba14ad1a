import { Duration } from "@/components/duration";
import type { Run } from "@/lib/api/types";

/** From the start of a run to its end, or to now. */
export function RunDuration({ run }: { run: Pick<Run, "started_at" | "ended_at"> }) {
  return <Duration from={run.started_at} to={run.ended_at} />;
}
