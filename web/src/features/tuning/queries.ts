import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, body } from "@/lib/api/client";
import { everyPage, pagedQuery } from "@/lib/api/paged-query";
import type { Study, Trial } from "@/lib/api/types";
import type { WorkSearch } from "@/lib/work-search";

const ENDED = new Set(["succeeded", "failed", "cancelled"]);
const LIVE_MS = 1500;

export const studiesQuery = (project: string, search: WorkSearch) =>
  pagedQuery<Study>(["studies", project, search], (cursor) =>
    body(
      api.GET("/api/v1/projects/{project}/studies", {
        params: { path: { project }, query: { cursor, limit: 50, ...search } },
      }),
    ),
  );

export const studyQuery = (studyId: string) =>
  queryOptions({
    queryKey: ["studies", "one", studyId],
    queryFn: ({ signal }) =>
      body(api.GET("/api/v1/studies/{study_id}", { params: { path: { study_id: studyId } }, signal })),
    refetchInterval: ({ state }) => (state.data && ENDED.has(state.data.workload.status) ? false : LIVE_MS),
  });

export const trialsQuery = (studyId: string, live: boolean) =>
  queryOptions({
    queryKey: ["studies", "trials", studyId],
    queryFn: ({ signal }) =>
      everyPage<Trial>((cursor) =>
        body(
          api.GET("/api/v1/studies/{study_id}/trials", {
            params: { path: { study_id: studyId }, query: { cursor, limit: 200 } },
            signal,
          }),
        ),
      ),
    refetchInterval: live ? LIVE_MS : false,
  });

/** Of a study whose trials have so many values: more of them tell more. */
export const importanceQuery = (studyId: string, valued: number) =>
  queryOptions({
    queryKey: ["study-importance", studyId, valued],
    queryFn: ({ signal }) =>
      body(api.GET("/api/v1/studies/{study_id}/importance", { params: { path: { study_id: studyId } }, signal })),
    placeholderData: keepPreviousData,
  });

export function useStudyCancel() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (studyId: string) =>
      body(api.POST("/api/v1/studies/{study_id}:cancel", { params: { path: { study_id: studyId } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["studies"] }),
  });
}

export function useStudyExtend() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ studyId, trials }: { studyId: string; trials: number }) =>
      body(
        api.POST("/api/v1/studies/{study_id}:extend", {
          params: { path: { study_id: studyId } },
          body: { trials },
        }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["studies"] }),
  });
}

export function isLive(study: Study): boolean {
  return !ENDED.has(study.workload.status);
}
