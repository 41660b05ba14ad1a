import { useInfiniteQuery } from "@tanstack/react-query";

import { ProblemNote } from "@/components/problem-note";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { LogLine } from "@/features/experiments/components/log-line";
import { logSearchQuery } from "@/features/experiments/queries";
import { useI18n } from "@/lib/i18n/i18n-context";
import { searched } from "@/lib/matches";

/** Lines of the whole log that the platform finds, the newest first. */
export function LogHits({ runId, asked }: { runId: string; asked: string }) {
  const { t } = useI18n();
  const query = useInfiniteQuery(logSearchQuery(runId, asked));
  if (query.error) return <ProblemNote error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Skeleton className="h-60" />;
  const hits = query.data.pages.flatMap((page) => page.items);
  const pattern = searched(asked);
  return (
    <div className="space-y-3">
      {hits.length === 0 ? (
        <p className="text-muted-foreground">{t("table.noMatch")}</p>
      ) : (
        <div
          role="group"
          aria-label={t("log.hits")}
          // It scrolls, so the keyboard must reach it.
          tabIndex={0}
          className="max-h-[60vh] overflow-auto rounded-lg border border-border bg-card p-3 font-mono text-xs"
        >
          {hits.map((hit) => (
            <LogLine
              key={`${hit.log_id}-${hit.line}`}
              time={hit.time}
              stream={hit.stream}
              text={hit.text}
              pattern={pattern}
            />
          ))}
        </div>
      )}
      {query.hasNextPage && (
        <Button variant="outline" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("action.more")}
        </Button>
      )}
    </div>
  );
}
