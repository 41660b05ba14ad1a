import type { Deployment } from "@/lib/api/types";

const ENDED = new Set(["succeeded", "failed", "cancelled"]);

/** Those that may take a part of the traffic: what has ended answers nobody. */
export function routable(deployments: readonly Deployment[]): Deployment[] {
  return deployments.filter(({ workload }) => !ENDED.has(workload.status));
}

/** Share of each of the traffic, between 0 and 1; 0 of all where every weight is 0. */
export function shares(weights: Readonly<Record<string, number>>): Record<string, number> {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  return Object.fromEntries(Object.entries(weights).map(([id, weight]) => [id, total === 0 ? 0 : weight / total]));
}
