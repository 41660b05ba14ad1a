import { queryOptions } from "@tanstack/react-query";

import { api, body } from "@/lib/api/client";
import { LIST_REFRESH_MS } from "@/lib/api/paged-query";

export const activityQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["activity", projectId],
    queryFn: ({ signal }) =>
      body(api.GET("/api/v1/events/history", { params: { query: { project_id: projectId, limit: 12 } }, signal })),
    refetchInterval: LIST_REFRESH_MS,
  });
