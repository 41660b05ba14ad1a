import { queryOptions } from "@tanstack/react-query";

import { api, body } from "@/lib/api/client";
import { LIST_REFRESH_MS } from "@/lib/api/paged-query";
import { loadTexts } from "@/lib/i18n/locale";

/** The newest events of a project; with them come the texts that say what happened. */
export const activityQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["activity", projectId],
    queryFn: async ({ signal }) => {
      const query = { project_id: projectId, limit: 12 };
      const [events] = await Promise.all([
        body(api.GET("/api/v1/events/history", { params: { query }, signal })),
        loadTexts("audit"),
      ]);
      return events;
    },
    refetchInterval: LIST_REFRESH_MS,
  });
