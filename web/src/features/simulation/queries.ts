import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { type Recordings, RECORDINGS } from "@/features/simulation/recording";
import { api, body, platformFetch } from "@/lib/api/client";
import { fileAddress } from "@/lib/api/file-address";
import { pagedQuery } from "@/lib/api/paged-query";
import { Problem } from "@/lib/api/problem";
import type { components } from "@/lib/api/schema";
import type { Simulation } from "@/lib/api/types";
import type { WorkSearch } from "@/lib/work-search";

type Spec = components["schemas"]["SimulationSpec"];
/** What a form says of a simulation; the platform fills in the rest. */
export type NewSimulation = Pick<
  Spec,
  "name" | "environment" | "policy" | "episodes" | "workers" | "seed" | "recorded_episodes"
>;

export const ENDED: ReadonlySet<string> = new Set(["succeeded", "failed", "cancelled"]);

/** Once it has ended so, there may be a report: one that failed may have got that far. */
export const REPORTING: ReadonlySet<string> = new Set(["succeeded", "failed"]);

export const simulationsQuery = (project: string, search: WorkSearch) =>
  pagedQuery<Simulation>(["simulations", project, search], (cursor) =>
    body(
      api.GET("/api/v1/projects/{project}/simulations", {
        params: { path: { project }, query: { cursor, limit: 50, ...search } },
      }),
    ),
  );

export const simulationQuery = (simulationId: string) =>
  queryOptions({
    queryKey: ["simulations", "one", simulationId],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/simulations/{simulation_id}", { params: { path: { simulation_id: simulationId } }, signal }),
      ),
    refetchInterval: ({ state }) => (state.data && ENDED.has(state.data.workload.status) ? false : 1500),
  });

export const reportQuery = (simulation: Simulation) =>
  queryOptions({
    queryKey: ["simulations", "report", simulation.id],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/simulations/{simulation_id}/report", {
          params: { path: { simulation_id: simulation.id } },
          signal,
        }),
      ),
    enabled: REPORTING.has(simulation.workload.status),
    staleTime: Infinity,
  });

/** Of a report that has recordings among its files. */
export const recordingsQuery = (artifactId: string) =>
  queryOptions({
    queryKey: ["simulations", "recordings", artifactId],
    queryFn: async ({ signal }): Promise<Recordings> => {
      const address = new URL(fileAddress(artifactId, RECORDINGS), window.location.origin);
      const response = await platformFetch(new Request(address, { signal }));
      const found: unknown = await response.json();
      if (!response.ok) throw Problem.from(response.status, found);
      return found as Recordings;
    },
    staleTime: Infinity,
  });

export const environmentsQuery = queryOptions({
  queryKey: ["environments"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/environments", { signal })),
  staleTime: 60_000,
});

export function useRunSimulation(project: string) {
  return useSimulations((simulation: NewSimulation) =>
    body(
      api.POST("/api/v1/projects/{project}/simulations", { params: { path: { project } }, body: simulation as Spec }),
    ),
  );
}

export function useCancelSimulation() {
  return useSimulations((simulationId: string) =>
    body(api.POST("/api/v1/simulations/{simulation_id}:cancel", { params: { path: { simulation_id: simulationId } } })),
  );
}

function useSimulations<T, R>(change: (given: T) => Promise<R>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ["simulations"] });
    },
  });
}
