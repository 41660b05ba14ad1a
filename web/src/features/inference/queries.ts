import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, body } from "@/lib/api/client";
import { everyPage, pagedQuery } from "@/lib/api/paged-query";
import type { components } from "@/lib/api/schema";
import type { Service, WorkloadStatus } from "@/lib/api/types";
import type { NameSearch } from "@/lib/name-search";
import { type TimeSpan, beginning } from "@/lib/time-span";

type Schemas = components["schemas"];
/** What a form says of a deployment; the platform fills in the rest. */
export type NewDeployment = Pick<Schemas["DeploymentCreate"], "model" | "version" | "weight"> & {
  spec: Partial<Schemas["DeploymentSpec"]>;
};

const LIVE: WorkloadStatus[] = ["queued", "admitted", "starting", "running", "stopping", "preempted", "paused"];

export const servicesQuery = (project: string, { name }: NameSearch = {}) =>
  pagedQuery<Service>(["services", project, name ?? ""], (cursor) =>
    body(
      api.GET("/api/v1/projects/{project}/services", {
        params: { path: { project }, query: { cursor, limit: 50, ...(name && { name }) } },
      }),
    ),
  );

export const serviceQuery = (serviceId: string) =>
  queryOptions({
    queryKey: ["services", "one", serviceId],
    queryFn: ({ signal }) =>
      body(api.GET("/api/v1/services/{service_id}", { params: { path: { service_id: serviceId } }, signal })),
  });

/** The newest, and of those before them the ones that have not ended. */
export const deploymentsQuery = (serviceId: string) =>
  queryOptions({
    queryKey: ["services", "deployments", serviceId],
    queryFn: async ({ signal }) => {
      const newest = await deployments(serviceId, [], null, signal);
      if (newest.next_cursor === null) return newest.items;
      const live = await everyPage((cursor) => deployments(serviceId, LIVE, cursor, signal));
      const shown = new Set(newest.items.map(({ id }) => id));
      return [...newest.items, ...live.filter(({ id }) => !shown.has(id))];
    },
    refetchInterval: 2000,
  });

function deployments(serviceId: string, status: WorkloadStatus[], cursor: string | null, signal: AbortSignal) {
  const params = { path: { service_id: serviceId }, query: { cursor, limit: 100, status } };
  return body(api.GET("/api/v1/services/{service_id}/deployments", { params, signal }));
}

/** How it answered since the span began, and goes on answering. */
export const serviceMetricsQuery = (serviceId: string, span: TimeSpan) =>
  queryOptions({
    queryKey: ["service-metrics", serviceId, span],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/services/{service_id}/metrics", {
          params: { path: { service_id: serviceId }, query: { since: beginning(span, Date.now()) } },
          signal,
        }),
      ),
    refetchInterval: 5000,
    // The span before is shown until the one that was chosen has come.
    placeholderData: keepPreviousData,
  });

export function useCreateService(project: string) {
  return useServices((service: Schemas["ServiceCreate"]) =>
    body(api.POST("/api/v1/projects/{project}/services", { params: { path: { project } }, body: service })),
  );
}

export function useRemoveService() {
  return useServices((serviceId: string) =>
    body(api.DELETE("/api/v1/services/{service_id}", { params: { path: { service_id: serviceId } } })),
  );
}

export function useUndeleteService() {
  return useServices((serviceId: string) =>
    body(api.POST("/api/v1/services/{service_id}:undelete", { params: { path: { service_id: serviceId } } })),
  );
}

export function useDeploy(serviceId: string) {
  return useServices((deployment: NewDeployment) =>
    body(
      api.POST("/api/v1/services/{service_id}/deployments", {
        params: { path: { service_id: serviceId } },
        body: deployment as Schemas["DeploymentCreate"],
      }),
    ),
  );
}

export function useStopDeployment() {
  return useServices((deploymentId: string) =>
    body(api.POST("/api/v1/deployments/{deployment_id}:stop", { params: { path: { deployment_id: deploymentId } } })),
  );
}

/** Deployment → weight; those not named keep theirs. */
export function useSetTraffic(serviceId: string) {
  return useServices((weights: Record<string, number>) =>
    body(
      api.PUT("/api/v1/services/{service_id}/traffic", {
        params: { path: { service_id: serviceId } },
        body: { weights },
      }),
    ),
  );
}

/** A change of services; it is done before the lists are read again, because its line may go with that. */
function useServices<T, R>(change: (given: T) => Promise<R>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ["services"] });
    },
  });
}
