import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, body } from "@/lib/api/client";
import type { Workload, WorkloadStatus } from "@/lib/api/types";
import { type TimeSpan, beginning } from "@/lib/time-span";

const REFRESH_MS = 3000;
/** What holds or waits for resources. */
const ALIVE: WorkloadStatus[] = ["queued", "preempted", "paused", "admitted", "starting", "running", "stopping"];

export const aliveWorkloadsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["workloads", "alive", projectId],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/workloads", {
          params: { query: { project_id: projectId, status: ALIVE, limit: 20 } },
          signal,
        }),
      ),
    refetchInterval: REFRESH_MS,
  });

export const workloadCountsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["workloads", "counts", projectId],
    queryFn: ({ signal }) =>
      body(api.GET("/api/v1/workloads:count", { params: { query: { project_id: projectId } }, signal })),
    refetchInterval: REFRESH_MS,
  });

export const explanationQuery = (workloadId: string) =>
  queryOptions({
    queryKey: ["workloads", "explanation", workloadId],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/workloads/{workload_id}/explain", { params: { path: { workload_id: workloadId } }, signal }),
      ),
    refetchInterval: REFRESH_MS,
  });

/** Every change of a workload's status, newest first. */
export const workloadEventsQuery = (workloadId: string, live: boolean) =>
  queryOptions({
    queryKey: ["activity", "workload", workloadId],
    queryFn: ({ signal }) =>
      body(api.GET("/api/v1/events/history", { params: { query: { subject_id: workloadId, limit: 200 } }, signal })),
    refetchInterval: live ? REFRESH_MS : false,
  });

export const nodesQuery = queryOptions({
  queryKey: ["nodes"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/nodes", { signal })),
  refetchInterval: REFRESH_MS,
});

/** What of each pool the organization held since the span began. */
export const utilizationQuery = (org: string, span: TimeSpan) =>
  queryOptions({
    queryKey: ["utilization", org, span],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/orgs/{org}/utilization", {
          params: { path: { org }, query: { since: beginning(span, Date.now()) } },
          signal,
        }),
      ),
    refetchInterval: 30_000,
    placeholderData: keepPreviousData,
  });

const ENDED = new Set(["succeeded", "failed", "cancelled"]);

export function hasEnded(workload: Pick<Workload, "status">): boolean {
  return ENDED.has(workload.status);
}
