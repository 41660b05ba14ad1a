import { useQuery } from "@tanstack/react-query";

import { StatusBadge } from "@/components/status-badge";
import { deploymentsQuery } from "@/features/inference/queries";
import { useI18n } from "@/lib/i18n/i18n-context";

/** The best state among a service's deployments. */
export function ServiceState({ serviceId }: { serviceId: string }) {
  const { t } = useI18n();
  const { data } = useQuery(deploymentsQuery(serviceId));
  if (!data) return null;
  const states = data.map(({ workload }) => workload.phase ?? workload.status);
  const state = ["ready", "degraded", "loading", "starting", "queued"].find((each) => states.includes(each));
  const shown = state ?? states[0];
  return shown ? <StatusBadge status={shown} /> : <span className="text-muted-foreground">{t("services.empty")}</span>;
}
