import { useQuery } from "@tanstack/react-query";

import { Ago } from "@/components/ago";
import { explanationQuery } from "@/features/scheduling/queries";
import { useI18n } from "@/lib/i18n/i18n-context";
import { reasonText } from "@/lib/reason-text";

/** Why a workload is in its state, since when, and what would change it. */
export function Explanation({ workloadId }: { workloadId: string }) {
  const { t, term } = useI18n();
  const { data } = useQuery(explanationQuery(workloadId));
  if (!data) return null;
  const change = term("change", data.status);
  return (
    <div className="space-y-0.5 text-xs text-muted-foreground">
      <p className="wrap-anywhere">
        <Ago when={data.since} /> · {reasonText(term, data)}
      </p>
      <p className="wrap-anywhere">
        {t("explain.asks", { resources: data.asks })}
        {data.position != null && ` · ${t("explain.position", { position: data.position })}`}
      </p>
      <p>{t("explain.change", { change: change === data.status ? data.would_change : change })}</p>
    </div>
  );
}
