import { useNow } from "@/lib/clock";
import { useI18n } from "@/lib/i18n/i18n-context";

const EVERY_MS = 15_000;

/** How long ago something was; the exact time on hover. */
export function Ago({ when }: { when: string }) {
  const { format } = useI18n();
  const now = useNow(true, EVERY_MS);
  return (
    <time dateTime={when} title={format.dateTime(when)} className="whitespace-nowrap">
      {format.ago(when, now)}
    </time>
  );
}
