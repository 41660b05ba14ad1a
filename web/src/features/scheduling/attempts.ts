import type { Activity } from "@/lib/api/types";

/** One try of a workload, as its events tell it. Times are RFC 3339. */
export interface Attempt {
  number: number;
  /** From here on it held what it asked for. */
  admittedAt?: string;
  startedAt?: string;
  endedAt?: string;
  /** The status at its end, or its latest. */
  status: string;
  /** Why it has that status: a code, and a sentence of the platform. */
  code: string;
  message: string;
}

const ENDED = new Set(["succeeded", "failed", "cancelled", "preempted"]);

/** Attempts of a workload, oldest first. `events` are of that workload alone, in any order. */
export function attempts(events: readonly Activity[]): Attempt[] {
  const found = new Map<number, Attempt>();
  const ordered = [...events].sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const { action, data, created_at } of ordered) {
    const number = data["attempt"];
    const status = data["after"];
    if (!action.startsWith("workload.") || typeof number !== "number" || typeof status !== "string") continue;
    // Queued once more: the end of the attempt that it was, and the beginning of the next.
    const again = status === "queued" && data["before"] != null;
    const { code, message } = reason(data["reason"]);
    const attempt = found.get(number) ?? { number, status, code, message };
    if (!attempt.endedAt) {
      Object.assign(attempt, { status, code, message });
      if (status === "admitted") attempt.admittedAt = created_at;
      if (status === "running") attempt.startedAt ??= created_at;
      if (ENDED.has(status) || again) attempt.endedAt = created_at;
    }
    found.set(number, attempt);
    if (again) found.set(number + 1, { number: number + 1, status, code, message });
  }
  return [...found.values()];
}

/** Seconds in which it held what it asked for, until its end or `now` (milliseconds). */
export function heldSeconds({ admittedAt, endedAt }: Attempt, now: number): number {
  if (!admittedAt) return 0;
  const end = endedAt ? Date.parse(endedAt) : now;
  return Math.max(0, (end - Date.parse(admittedAt)) / 1000);
}

function reason(told: unknown): { code: string; message: string } {
  const { code, message } = (typeof told === "object" && told !== null ? told : {}) as Record<string, unknown>;
  return { code: typeof code === "string" ? code : "", message: typeof message === "string" ? message : "" };
}
