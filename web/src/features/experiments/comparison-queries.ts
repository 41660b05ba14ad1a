import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, body } from "@/lib/api/client";

/** Configuration, results, environment and packages of runs beside each other, and what code they began with. */
export const comparisonQuery = (project: string, runIds: readonly string[]) =>
  queryOptions({
    queryKey: ["runs-comparison", project, runIds],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/projects/{project}/runs:compare", {
          params: { path: { project }, query: { run: [...runIds] } },
          signal,
        }),
      ),
  });

/** What two runs had changed in their code. */
export const codeComparisonQuery = (project: string, base: string, other: string) =>
  queryOptions({
    queryKey: ["runs-code", project, base, other],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/projects/{project}/runs:compare-code", {
          params: { path: { project }, query: { base, other } },
          signal,
        }),
      ),
  });

/** Which parameters `metric`, such as `metrics.loss`, depends on over the runs that match the filter. */
export const runsImportanceQuery = (project: string, metric: string, filter: string) =>
  queryOptions({
    queryKey: ["runs-importance", project, metric, filter],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/projects/{project}/runs:importance", {
          params: { path: { project }, query: { metric, filter } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
