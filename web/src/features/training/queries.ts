import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, body } from "@/lib/api/client";
import { pagedQuery } from "@/lib/api/paged-query";
import type { TrainingJob } from "@/lib/api/types";

export const trainingJobsQuery = (project: string) =>
  pagedQuery<TrainingJob>(["training-jobs", project], (cursor) =>
    body(
      api.GET("/api/v1/projects/{project}/training-jobs", {
        params: { path: { project }, query: { cursor, limit: 50 } },
      }),
    ),
  );

/** Cancels or retries a job. */
export function useJobChange() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ jobId, change }: { jobId: string; change: "cancel" | "retry" }) => {
      const params = { path: { job_id: jobId } };
      return change === "cancel"
        ? body(api.POST("/api/v1/training-jobs/{job_id}:cancel", { params }))
        : body(api.POST("/api/v1/training-jobs/{job_id}:retry", { params }));
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["training-jobs"] }),
  });
}
