import { queryOptions } from "@tanstack/react-query";

import { api, body } from "@/lib/api/client";
import { pagedQuery } from "@/lib/api/paged-query";
import type { Model } from "@/lib/api/types";

export const modelsQuery = (project: string) =>
  pagedQuery<Model>(["models", project], (cursor) =>
    body(api.GET("/api/v1/projects/{project}/models", { params: { path: { project }, query: { cursor, limit: 50 } } })),
  );

export const modelQuery = (modelId: string) =>
  queryOptions({
    queryKey: ["models", "one", modelId],
    queryFn: ({ signal }) =>
      body(api.GET("/api/v1/models/{model_id}", { params: { path: { model_id: modelId } }, signal })),
  });
