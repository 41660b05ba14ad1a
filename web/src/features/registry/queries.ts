import { queryOptions, skipToken, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, body } from "@/lib/api/client";
import { pagedQuery } from "@/lib/api/paged-query";
import type { components } from "@/lib/api/schema";
import type { Model, Service } from "@/lib/api/types";
import type { NameSearch } from "@/lib/name-search";

export const modelsQuery = (project: string, { name }: NameSearch = {}) =>
  pagedQuery<Model>(["models", project, name ?? ""], (cursor) =>
    body(
      api.GET("/api/v1/projects/{project}/models", {
        params: { path: { project }, query: { cursor, limit: 50, ...(name && { name }) } },
      }),
    ),
  );

export const modelQuery = (modelId: string) =>
  queryOptions({
    queryKey: ["models", "one", modelId],
    queryFn: ({ signal }) =>
      body(api.GET("/api/v1/models/{model_id}", { params: { path: { model_id: modelId } }, signal })),
  });

export const cardQuery = (modelId: string, version: number) =>
  queryOptions({
    queryKey: ["models", "card", modelId, version],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/models/{model_id}/versions/{version}/card", {
          params: { path: { model_id: modelId, version } },
          signal,
        }),
      ),
  });

export const lineageQuery = (modelId: string, version: number) =>
  queryOptions({
    queryKey: ["models", "lineage", modelId, version],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/models/{model_id}/versions/{version}/lineage", {
          params: { path: { model_id: modelId, version } },
          signal,
        }),
      ),
  });

/** What the gate of `alias` says of a version; nothing is asked while the alias has no name. */
export const gateQuery = (modelId: string, alias: string, version: number) =>
  queryOptions({
    queryKey: ["models", "gate", modelId, alias, version],
    queryFn: alias
      ? ({ signal }) =>
          body(
            api.GET("/api/v1/models/{model_id}/aliases/{alias}:check", {
              params: { path: { model_id: modelId, alias }, query: { version } },
              signal,
            }),
          )
      : skipToken,
    retry: false,
  });

export function useAliasMove(modelId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ alias, version }: { alias: string; version: number }) =>
      body(
        api.PUT("/api/v1/models/{model_id}/aliases/{alias}", {
          params: { path: { model_id: modelId, alias } },
          body: { version },
        }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["models"] }),
  });
}

export function useAliasRemoval(modelId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (alias: string) =>
      body(api.DELETE("/api/v1/models/{model_id}/aliases/{alias}", { params: { path: { model_id: modelId, alias } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["models"] }),
  });
}

/** Names that a version could be deployed under: the newest services of the project. */
export const serviceNamesQuery = (project: string) =>
  queryOptions({
    queryKey: ["services", project, "names"],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/projects/{project}/services", {
          params: { path: { project }, query: { limit: 200 } },
          signal,
        }),
      ),
    select: ({ items }) => items,
  });

interface VersionDeployment {
  /** Of a service; made where there is none of that name. */
  name: string;
  services: readonly Service[];
  model: string;
  version: number;
  weight: number;
}

/** Puts a version behind a service; answers the service. */
export function useVersionDeployment(project: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ name, services, model, version, weight }: VersionDeployment): Promise<Service> => {
      const service =
        services.find((each) => each.name === name) ??
        (await body(
          api.POST("/api/v1/projects/{project}/services", {
            params: { path: { project } },
            body: { name, description: "" },
          }),
        ));
      await body(
        api.POST("/api/v1/services/{service_id}/deployments", {
          params: { path: { service_id: service.id } },
          // What is not named is left to the platform's defaults, which the generated type takes for given.
          body: { model, version: String(version), weight } as components["schemas"]["DeploymentCreate"],
        }),
      );
      return service;
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["services"] }),
  });
}
