import { useNow } from "@/lib/clock";
import { useI18n } from "@/lib/i18n/i18n-context";

interface DurationProps {
  from: string | null;
  /** Null while it goes on. */
  to: string | null;
}

/** How long something took, or has taken so far. */
export function Duration({ from, to }: DurationProps) {
  const { format } = useI18n();
  const now = useNow(from !== null && to === null);
  if (!from) return "–";
  const seconds = ((to ? Date.parse(to) : now) - Date.parse(from)) / 1000;
  return <span className="tabular whitespace-nowrap">{format.duration(seconds)}</span>;
}
