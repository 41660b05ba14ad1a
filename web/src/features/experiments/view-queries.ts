import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { type Tagged, api, body, tagged } from "@/lib/api/client";
import type { RunView } from "@/lib/api/types";

import type { Shown } from "./views";

/** The views that are shared with the project, and one's own. */
export const viewsQuery = (project: string) =>
  queryOptions({
    queryKey: ["run-views", project],
    queryFn: ({ signal }) =>
      body(api.GET("/api/v1/projects/{project}/run-views", { params: { path: { project } }, signal })),
  });

/** One view as it was when it was chosen: what is changed of it is changed on this version. */
export const viewQuery = (viewId: string) =>
  queryOptions({
    queryKey: ["run-view", viewId],
    queryFn: ({ signal }) =>
      tagged(api.GET("/api/v1/run-views/{view_id}", { params: { path: { view_id: viewId } }, signal })),
    staleTime: Infinity,
  });

export function useCreateView(project: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (view: Shown & Pick<RunView, "name" | "shared">) =>
      tagged(
        api.POST("/api/v1/projects/{project}/run-views", {
          params: { path: { project } },
          body: { ...view, layout: {} },
        }),
      ),
    onSuccess: (made) => {
      queryClient.setQueryData(viewQuery(made.value.id).queryKey, made);
      return queryClient.invalidateQueries(viewsQuery(project));
    },
  });
}

export function useChangeView(project: string, { value, etag }: Tagged<RunView>) {
  const queryClient = useQueryClient();
  const { name, shared, filter, sort, columns, group_by, layout } = value;
  return useMutation({
    mutationFn: (changes: Partial<Shown & Pick<RunView, "shared">>) =>
      tagged(
        api.PATCH("/api/v1/run-views/{view_id}", {
          params: { path: { view_id: value.id }, header: { "if-match": etag } },
          body: { name, shared, filter, sort, columns, group_by, layout, ...changes },
        }),
      ),
    onSuccess: (changed) => {
      queryClient.setQueryData(viewQuery(value.id).queryKey, changed);
      return queryClient.invalidateQueries(viewsQuery(project));
    },
  });
}

export function useRemoveView(project: string, { value, etag }: Tagged<RunView>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () =>
      body(
        api.DELETE("/api/v1/run-views/{view_id}", {
          params: { path: { view_id: value.id }, header: { "if-match": etag } },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries(viewsQuery(project)),
  });
}
