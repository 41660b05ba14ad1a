import { useQuery } from "@tanstack/react-query";

import { QueryView } from "@/components/query-view";
import { Ago } from "@/components/ago";
import { activityQuery } from "@/features/activity/queries";
import type { Activity } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

/** What happened in the project, newest first. */
export function ActivityList({ projectId }: { projectId: string }) {
  const { t } = useI18n();
  const query = useQuery(activityQuery(projectId));
  return (
    <QueryView query={query}>
      {({ items }) =>
        items.length === 0 ? (
          <p className="text-muted-foreground">{t("activity.none")}</p>
        ) : (
          <ol className="space-y-2">
            {items.map((event) => (
              <ActivityLine key={event.id} event={event} />
            ))}
          </ol>
        )
      }
    </QueryView>
  );
}

function ActivityLine({ event }: { event: Activity }) {
  const { term } = useI18n();
  const named = event.data["name"];
  const status = event.data["status"] ?? event.data["to"];
  return (
    <li className="flex items-baseline justify-between gap-3">
      <span className="min-w-0 wrap-anywhere">
        {term("event", event.action)}
        {typeof status === "string" && <span> → {term("status", status)}</span>}
        {typeof named === "string" && <span className="font-medium"> {named}</span>}
        <span className="text-muted-foreground"> · {term("actor", event.actor_type)}</span>
      </span>
      <span className="shrink-0 text-xs text-muted-foreground">
        <Ago when={event.created_at} />
      </span>
    </li>
  );
}
