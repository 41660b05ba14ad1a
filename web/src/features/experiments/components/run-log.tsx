import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { QueryView } from "@/components/query-view";
import { Button } from "@/components/ui/button";
import { hasEnded, logQuery } from "@/features/experiments/queries";
import type { LogEntry, RunDetail } from "@/lib/api/types";
import { cn } from "@/lib/class-names";
import { useI18n } from "@/lib/i18n/i18n-context";

const NEAR_END_PX = 40;

/** What the run printed; follows the end until somebody scrolls away from it. */
export function RunLog({ run }: { run: RunDetail }) {
  const { t } = useI18n();
  const queryClient = useQueryClient();
  const query = useQuery(logQuery(queryClient, run.id, !hasEnded(run)));
  return (
    <QueryView query={query} waiting="h-60">
      {(entries) =>
        entries.length === 0 ? <p className="text-muted-foreground">{t("log.none")}</p> : <Lines entries={entries} />
      }
    </QueryView>
  );
}

function Lines({ entries }: { entries: readonly LogEntry[] }) {
  const { t, format } = useI18n();
  const place = useRef<HTMLDivElement>(null);
  const [follows, setFollows] = useState(true);

  useEffect(() => {
    if (follows) place.current?.scrollTo({ top: place.current.scrollHeight });
  }, [entries, follows]);

  return (
    <div className="space-y-2">
      <div
        ref={place}
        role="log"
        aria-label={t("run.logs")}
        // It scrolls, so the keyboard must reach it.
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
          setFollows(scrollHeight - scrollTop - clientHeight < NEAR_END_PX)
        }
        className="h-[60vh] overflow-auto rounded-lg border border-border bg-card p-3 font-mono text-xs"
      >
        {entries.map((entry) => (
          <div key={entry.id} className="flex gap-3">
            <time dateTime={entry.time} className="hidden shrink-0 text-muted-foreground sm:inline">
              {format.time(entry.time)}
            </time>
            <span
              className={cn("min-w-0 wrap-anywhere whitespace-pre-wrap", entry.stream === "stderr" && "text-warning")}
            >
              {entry.text}
            </span>
          </div>
        ))}
      </div>
      {!follows && (
        <Button variant="outline" size="small" onClick={() => setFollows(true)}>
          {t("log.follow")}
        </Button>
      )}
    </div>
  );
}
