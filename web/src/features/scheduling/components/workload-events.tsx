import { useQuery } from "@tanstack/react-query";

import { Ago } from "@/components/ago";
import { QueryView } from "@/components/query-view";
import { Card } from "@/components/ui/card";
import { hasEnded, workloadEventsQuery } from "@/features/scheduling/queries";
import type { Activity, Workload } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";
import { reasonText } from "@/lib/reason-text";

/** What happened to a workload, newest first, each with its reason. */
export function WorkloadEvents({ workload }: { workload: Workload }) {
  const { t } = useI18n();
  const query = useQuery(workloadEventsQuery(workload.id, !hasEnded(workload)));
  return (
    <Card title={t("work.events")}>
      <QueryView query={query}>
        {({ items }) => (
          <ol className="space-y-3">
            {items.map((event) => (
              <EventLine key={event.id} event={event} />
            ))}
          </ol>
        )}
      </QueryView>
    </Card>
  );
}

function EventLine({ event }: { event: Activity }) {
  const { term } = useI18n();
  const told: unknown = event.data["reason"];
  const sentence = reasonText(term, typeof told === "object" && told !== null ? told : {});
  return (
    <li className="flex items-baseline justify-between gap-3">
      <div className="min-w-0">
        <p>
          <span className="font-medium">{term("event", event.action)}</span>
          <span className="text-muted-foreground"> · {term("actor", event.actor_type)}</span>
        </p>
        {sentence && <p className="text-xs wrap-anywhere text-muted-foreground">{sentence}</p>}
      </div>
      <span className="shrink-0 text-xs text-muted-foreground">
        <Ago when={event.created_at} />
      </span>
    </li>
  );
}
