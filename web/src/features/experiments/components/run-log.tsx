import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useDeferredValue, useEffect, useMemo, useRef, useState } from "react";

import { QueryView } from "@/components/query-view";
import { SearchField } from "@/components/search-field";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/select";
import { hasEnded, logQuery } from "@/features/experiments/queries";
import type { LogEntry, RunDetail } from "@/lib/api/types";
import { cn } from "@/lib/class-names";
import { useI18n } from "@/lib/i18n/i18n-context";

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
        entries.length === 0 ? <p className="text-muted-foreground">{t("log.none")}</p> : <Log entries={entries} />
      }
    </QueryView>
  );
}

function Log({ entries }: { entries: readonly LogEntry[] }) {
  const { t, format } = useI18n();
  const [typed, setTyped] = useState("");
  const sought = useDeferredValue(typed).trim().toLowerCase();
  const [source, setSource] = useState(ALL);
  const sources = useMemo(() => [...new Set(entries.map((entry) => entry.source))].sort(), [entries]);
  const shown = useMemo(
    () =>
      entries.filter(
        (entry) => (source === ALL || entry.source === source) && entry.text.toLowerCase().includes(sought),
      ),
    [entries, source, sought],
  );
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-end gap-3">
        <SearchField label={t("log.search")} value={typed} onChange={setTyped} className="w-full sm:w-72" />
        {sources.length > 1 && (
          <Select
            label={t("log.source")}
            value={source}
            options={[[ALL, t("log.everybody")], ...sources.map((each) => [each, each] as const)]}
            onChange={setSource}
            className="w-full sm:w-56"
          />
        )}
        <p role="status" className="tabular ml-auto text-xs text-muted-foreground">
          {shown.length < entries.length &&
            t("log.found", { count: format.count(shown.length), total: format.count(entries.length) })}
        </p>
      </div>
      <Lines entries={shown} sought={sought} />
    </div>
  );
}

/** Follows the end until somebody scrolls away from it. */
function Lines({ entries, sought }: { entries: readonly LogEntry[]; sought: string }) {
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
              <Marked text={entry.text} sought={sought} />
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

/** A text, with what is sought in it marked. `sought` is in lower case. */
function Marked({ text, sought }: { text: string; sought: string }) {
  if (!sought) return text;
  const lower = text.toLowerCase();
  // Some capitals are as long as two small letters: then nothing is marked rather than the wrong thing.
  if (lower.length !== text.length) return text;
  const parts = [];
  let from = 0;
  for (let at = lower.indexOf(sought); at >= 0; at = lower.indexOf(sought, from)) {
    parts.push(text.slice(from, at));
    parts.push(
      <mark key={at} className="rounded-sm bg-warning-soft text-warning">
        {text.slice(at, at + sought.length)}
      </mark>,
    );
    from = at + sought.length;
  }
  return [...parts, text.slice(from)];
}
