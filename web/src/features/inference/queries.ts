import { queryOptions } from "@tanstack/react-query";

import { api, body } from "@/lib/api/client";
import { pagedQuery } from "@/lib/api/paged-query";
import type { Service } from "@/lib/api/types";

export const servicesQuery = (project: string) =>
  pagedQuery<Service>(["services", project], (cursor) =>
    body(
      api.GET("/api/v1/projects/{project}/services", { params: { path: { project }, query: { cursor, limit: 50 } } }),
    ),
  );

export const serviceQuery = (serviceId: string) =>
  queryOptions({
    queryKey: ["services", "one", serviceId],
    queryFn: ({ signal }) =>
      body(api.GET("/api/v1/services/{service_id}", { params: { path: { service_id: serviceId } }, signal })),
  });

export const deploymentsQuery = (serviceId: string) =>
  queryOptions({
    queryKey: ["services", "deployments", serviceId],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/services/{service_id}/deployments", { params: { path: { service_id: serviceId } }, signal }),
      ),
    refetchInterval: 2000,
  });
