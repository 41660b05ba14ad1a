import { CircleCheck } from "lucide-react";
import type { ReactNode } from "react";

import type { components } from "@/lib/api/schema";
import { useI18n } from "@/lib/i18n/i18n-context";

interface JobPlanProps {
  plan: components["schemas"]["Forecast"];
  /** The table of its parts. */
  children: ReactNode;
}

/** What the platform says of a job that is not submitted yet. */
export function JobPlan({ plan, children }: JobPlanProps) {
  const { t, term, format } = useI18n();
  const known = plan.nodes > 0;
  return (
    <div className="space-y-3" data-plan>
      <p className="flex items-start gap-2 rounded-lg bg-success-soft p-3 text-success">
        <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0" />
        <span className="min-w-0">
          {known
            ? t("plan.fits", { asks: plan.asks, cluster: plan.cluster, nodes: format.count(plan.nodes) })
            : t("plan.unknown", { asks: plan.asks })}
        </span>
      </p>
      <p>
        {plan.waiting_before === 0 ? t("plan.first") : t("plan.waiting", { count: format.count(plan.waiting_before) })}
      </p>
      {plan.limits.map((limit) => (
        <p key={`${limit.resource}-${limit.project_id}-${limit.user_id}`} className="text-muted-foreground">
          {t("plan.limit", {
            resource: term("resource", limit.resource),
            used: format.count(limit.used),
            most: limit.hard == null ? "–" : format.count(limit.hard),
          })}
        </p>
      ))}
      {children}
    </div>
  );
}
