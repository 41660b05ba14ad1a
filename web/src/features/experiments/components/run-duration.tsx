import type { Run } from "@/lib/api/types";
import { useNow } from "@/lib/clock";
import { useI18n } from "@/lib/i18n/i18n-context";

/** From the start of a run to its end, or to now. */
export function RunDuration({ run }: { run: Pick<Run, "started_at" | "ended_at"> }) {
  const { format } = useI18n();
  const now = useNow(run.ended_at === null);
  if (!run.started_at) return "–";
  const end = run.ended_at ? Date.parse(run.ended_at) : now;
  return (
    <span className="tabular whitespace-nowrap">{format.duration((end - Date.parse(run.started_at)) / 1000)}</span>
  );
}
