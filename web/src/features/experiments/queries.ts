import { type QueryClient, infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, body } from "@/lib/api/client";
import { pagedQuery } from "@/lib/api/paged-query";
import type { Artifact, LogEntry, Run } from "@/lib/api/types";
import { type SentSeries, type Series, joined, received, since } from "@/lib/series";

/** The client sends twice a second; with this a point shows within a second of being logged. */
const LIVE_MS = 250;
/** A resumed attempt rewrites steps that were shown: everything is read again every so many times. */
const REREAD_EVERY = 20;
const POINTS = 1200;
const LOG_PAGE = 1000;
const LOG_KEPT = 5000;
const LOG_HITS = 100;

export const latestRunsQuery = (project: string) =>
  queryOptions({
    queryKey: ["runs", project, "latest"],
    queryFn: ({ signal }) =>
      body(api.GET("/api/v1/projects/{project}/runs", { params: { path: { project }, query: { limit: 8 } }, signal })),
    refetchInterval: 2000,
  });

export const runQuery = (runId: string) =>
  queryOptions({
    queryKey: ["run", runId],
    queryFn: ({ signal }) => body(api.GET("/api/v1/runs/{run_id}", { params: { path: { run_id: runId } }, signal })),
    refetchInterval: ({ state }) => (state.data && hasEnded(state.data) ? false : 1000),
  });

/** Curves of `names`; while `live`, only what is new is asked for. */
export const seriesQuery = (queryClient: QueryClient, runId: string, names: readonly string[], live: boolean) => {
  const queryKey = ["series", runId, names];
  return queryOptions({
    queryKey,
    queryFn: async ({ signal }): Promise<Held> => {
      const held = live ? queryClient.getQueryData<Held>(queryKey) : undefined;
      if (!held || held.reads >= REREAD_EVERY) return { reads: 0, series: await series(runId, names, null, signal) };
      const last = Math.min(...held.series.map((each) => each.steps.at(-1) ?? -1));
      const fresh = await series(runId, names, last < 0 ? null : last, signal);
      if (fresh.every((each) => each.steps.length === 0)) return { ...held, reads: held.reads + 1 };
      return { reads: held.reads + 1, series: held.series.map((each, index) => merged(each, fresh[index])) };
    },
    select: (held: Held) => held.series,
    enabled: names.length > 0,
    refetchInterval: live ? LIVE_MS : false,
  });
};

export const logQuery = (queryClient: QueryClient, runId: string, live: boolean) => {
  const queryKey = ["log", runId];
  return queryOptions({
    queryKey,
    queryFn: async ({ signal }) => {
      let held = queryClient.getQueryData<LogEntry[]>(queryKey) ?? [];
      for (;;) {
        const query = { after: held.at(-1)?.id ?? null, limit: LOG_PAGE };
        const more = await body(
          api.GET("/api/v1/runs/{run_id}/logs", { params: { path: { run_id: runId }, query }, signal }),
        );
        if (more.length > 0) held = [...held, ...more].slice(-LOG_KEPT);
        if (more.length < LOG_PAGE) return held;
      }
    },
    refetchInterval: live ? 1000 : false,
  });
};

/** Lines of the whole log, by words as the platform searches them; the newest first. */
export const logSearchQuery = (runId: string, query: string) =>
  infiniteQueryOptions({
    queryKey: ["log-search", runId, query],
    queryFn: ({ pageParam, signal }) =>
      body(
        api.GET("/api/v1/runs/{run_id}/logs:search", {
          params: { path: { run_id: runId }, query: { query, limit: LOG_HITS, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
  });

export const artifactsQuery = (runId: string) =>
  pagedQuery<Artifact>(["artifacts", runId], (cursor) =>
    body(
      api.GET("/api/v1/runs/{run_id}/artifacts", {
        params: { path: { run_id: runId }, query: { cursor, limit: 50 } },
      }),
    ),
  );

export const artifactQuery = (artifactId: string) =>
  queryOptions({
    queryKey: ["artifact", artifactId],
    queryFn: ({ signal }) =>
      body(api.GET("/api/v1/artifacts/{artifact_id}", { params: { path: { artifact_id: artifactId } }, signal })),
    staleTime: Infinity,
  });

export const previewQuery = (artifactId: string, path: string) =>
  queryOptions({
    queryKey: ["artifact", artifactId, "preview", path],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/artifacts/{artifact_id}/previews/{path}", {
          params: { path: { artifact_id: artifactId, path } },
          signal,
        }),
      ),
    staleTime: Infinity,
  });

export function hasEnded(run: Pick<Run, "status">): boolean {
  return run.status === "succeeded" || run.status === "failed" || run.status === "cancelled";
}

interface Held {
  /** How often it was only added to. */
  reads: number;
  series: Series[];
}

async function series(
  runId: string,
  names: readonly string[],
  after: number | null,
  signal: AbortSignal,
): Promise<Series[]> {
  const sent: SentSeries[] = await body(
    api.GET("/api/v1/runs/{run_id}/metrics", {
      params: { path: { run_id: runId }, query: { name: [...names], points: POINTS, after } },
      signal,
    }),
  );
  return sent.map(received);
}

/** Metrics are logged at different steps, so what is fresh for one may be known for another. */
function merged(held: Series, fresh: Series | undefined): Series {
  return fresh ? joined(held, since(fresh, held.steps.at(-1) ?? -1)) : held;
}
