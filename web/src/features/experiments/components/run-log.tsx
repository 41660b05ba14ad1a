import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useDeferredValue, useEffect, useMemo, useRef, useState } from "react";

import { QueryView } from "@/components/query-view";
import { SearchField } from "@/components/search-field";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Select } from "@/components/ui/select";
import { LogHits } from "@/features/experiments/components/log-hits";
import { LogLine } from "@/features/experiments/components/log-line";
import { hasEnded, logQuery } from "@/features/experiments/queries";
import type { LogEntry, RunDetail } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";
import { literally } from "@/lib/matches";

const NEAR_END_PX = 40;
const ALL = "";

/** What the run printed, narrowed by a text and by who printed it. */
export function RunLog({ run }: { run: RunDetail }) {
  const { t } = useI18n();
  const queryClient = useQueryClient();
  const query = useQuery(logQuery(queryClient, run.id, !hasEnded(run)));
  return (
    <QueryView query={query} waiting="h-60">
      {(entries) =>
        entries.length === 0 ? (
          <p className="text-muted-foreground">{t("log.none")}</p>
        ) : (
          <Log runId={run.id} entries={entries} />
        )
      }
    </QueryView>
  );
}

function Log({ runId, entries }: { runId: string; entries: readonly LogEntry[] }) {
  const { t, format } = useI18n();
  const [typed, setTyped] = useState("");
  const [whole, setWhole] = useState(false);
  const asked = useDeferredValue(typed).trim();
  const [source, setSource] = useState(ALL);
  const sources = useMemo(() => [...new Set(entries.map((entry) => entry.source))].sort(), [entries]);
  const pattern = useMemo(() => literally(asked), [asked]);
  const shown = useMemo(
    () =>
      entries.filter(
        (entry) => (source === ALL || entry.source === source) && (!pattern || entry.text.search(pattern) >= 0),
      ),
    [entries, source, pattern],
  );
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-end gap-3">
        <SearchField label={t("log.search")} value={typed} onChange={setTyped} className="w-full sm:w-72" />
        <Checkbox label={t("log.whole")} checked={whole} onChange={setWhole} />
        {sources.length > 1 && !whole && (
          <Select
            label={t("log.source")}
            value={source}
            options={[[ALL, t("log.everybody")], ...sources.map((each) => [each, each] as const)]}
            onChange={setSource}
            className="w-full sm:w-56"
          />
        )}
        <p role="status" className="tabular ml-auto text-xs text-muted-foreground">
          {!whole &&
            shown.length < entries.length &&
            t("log.found", { count: format.count(shown.length), total: format.count(entries.length) })}
        </p>
      </div>
      {whole && <p className="text-xs text-muted-foreground">{t("log.wholeAbout")}</p>}
      {whole && asked ? <LogHits runId={runId} asked={asked} /> : <Lines entries={shown} pattern={pattern} />}
    </div>
  );
}

/** Follows the end until somebody scrolls away from it. */
function Lines({ entries, pattern }: { entries: readonly LogEntry[]; pattern: RegExp | undefined }) {
  const { t } = useI18n();
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
          <LogLine key={entry.id} time={entry.time} stream={entry.stream} text={entry.text} pattern={pattern} />
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
