import { WifiOff } from "lucide-react";

import { useConnectionLost } from "@/lib/api/connection";
import { useI18n } from "@/lib/i18n/i18n-context";

/** Says that the platform does not answer, and how old what is shown may be. */
export function ConnectionBanner() {
  const { t, format } = useI18n();
  const lostAt = useConnectionLost();
  return (
    <div role="status" aria-live="polite">
      {lostAt !== null && (
        <p className="flex items-center gap-2 bg-warning-soft px-4 py-2 text-xs text-warning sm:px-6">
          <WifiOff aria-hidden className="size-4 shrink-0" />
          {t("connection.lost", { time: format.time(lostAt) })}
        </p>
      )}
    </div>
  );
}
