import { cn } from "@/lib/class-names";
import { useI18n } from "@/lib/i18n/i18n-context";

const NEUTRAL = "bg-muted text-muted-foreground";
const TONES: Readonly<Record<string, string>> = {
  running: "bg-accent text-accent-foreground",
  starting: "bg-accent text-accent-foreground",
  admitted: "bg-accent text-accent-foreground",
  loading: "bg-accent text-accent-foreground",
  ready: "bg-success-soft text-success",
  succeeded: "bg-success-soft text-success",
  failed: "bg-danger-soft text-danger",
  degraded: "bg-warning-soft text-warning",
  queued: "bg-warning-soft text-warning",
  preempted: "bg-warning-soft text-warning",
};
const MOVING = new Set(["running", "starting", "admitted", "loading", "stopping"]);

/** A status in words, with a colour that says it again. */
export function StatusBadge({ status }: { status: string }) {
  const { term } = useI18n();
  return (
    <span
      data-status={status}
      className={cn(
        "inline-flex items-center gap-1.5 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap",
        TONES[status] ?? NEUTRAL,
      )}
    >
      <span aria-hidden className={cn("size-1.5 rounded-full bg-current", MOVING.has(status) && "animate-pulse")} />
      {term("status", status)}
    </span>
  );
}
