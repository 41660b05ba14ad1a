import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, body } from "@/lib/api/client";
import { pagedQuery } from "@/lib/api/paged-query";
import type { components } from "@/lib/api/schema";
import type { TrainingJob } from "@/lib/api/types";
import type { WorkSearch } from "@/lib/work-search";

const LIVE_MS = 1500;
const ENDED = new Set(["succeeded", "failed", "cancelled"]);

export const trainingJobsQuery = (project: string, search: WorkSearch = {}) =>
  pagedQuery<TrainingJob>(["training-jobs", project, search], (cursor) =>
    body(
      api.GET("/api/v1/projects/{project}/training-jobs", {
        params: {
          path: { project },
          query: { cursor, limit: 50, ...search },
        },
      }),
    ),
  );

export const trainingJobQuery = (jobId: string) =>
  queryOptions({
    queryKey: ["training-jobs", "one", jobId],
    queryFn: ({ signal }) =>
      body(api.GET("/api/v1/training-jobs/{job_id}", { params: { path: { job_id: jobId } }, signal })),
    refetchInterval: ({ state }) => (state.data && ENDED.has(state.data.workload.status) ? false : LIVE_MS),
  });

export type JobChange = "cancel" | "retry";

/** What became of a change of several jobs. */
export interface Outcome {
  done: number;
  /** Why the first of those that were refused was. */
  refused?: { count: number; error: Error };
}

/** Cancels or retries jobs, one after another; those that are refused keep none of the others back. */
export function useJobChange() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ jobIds, change }: { jobIds: readonly string[]; change: JobChange }): Promise<Outcome> => {
      const errors: Error[] = [];
      for (const jobId of jobIds) {
        try {
          await changed(jobId, change);
        } catch (error) {
          errors.push(error instanceof Error ? error : new Error(String(error)));
        }
      }
      const [error] = errors;
      return { done: jobIds.length - errors.length, ...(error && { refused: { count: errors.length, error } }) };
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["training-jobs"] }),
  });
}

export type TrainingSpec =
  | components["schemas"]["LanguageModelSpec"]
  | components["schemas"]["ClassifierSpec"]
  | components["schemas"]["PolicySpec"];

/** What a job would ask for, checked as a submission is. */
export function usePlan(project: string) {
  return useMutation({
    mutationFn: (spec: TrainingSpec) =>
      body(api.POST("/api/v1/projects/{project}/training-jobs:plan", { params: { path: { project } }, body: spec })),
  });
}

export function useSubmit(project: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (spec: TrainingSpec) =>
      body(api.POST("/api/v1/projects/{project}/training-jobs", { params: { path: { project } }, body: spec })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["training-jobs"] }),
  });
}

function changed(jobId: string, change: JobChange): Promise<TrainingJob> {
  const params = { path: { job_id: jobId } };
  return change === "cancel"
    ? body(api.POST("/api/v1/training-jobs/{job_id}:cancel", { params }))
    : body(api.POST("/api/v1/training-jobs/{job_id}:retry", { params }));
}
