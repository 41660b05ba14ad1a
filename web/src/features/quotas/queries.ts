import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, body } from "@/lib/api/client";
import type { components } from "@/lib/api/schema";

type NewQuota = components["schemas"]["QuotaSet"];
export type UsageBy = components["schemas"]["UsageBy"];

/** Days are of UTC, `2026-01-31`; both ends count. */
export interface Span {
  from?: string | undefined;
  to?: string | undefined;
}

export const quotasQuery = (org: string) =>
  queryOptions({
    queryKey: ["quotas", org],
    queryFn: ({ signal }) => body(api.GET("/api/v1/orgs/{org}/quota", { params: { path: { org } }, signal })),
    refetchInterval: 15_000,
  });

export const usageQuery = (org: string, by: UsageBy, { from, to }: Span, project?: string) =>
  queryOptions({
    queryKey: ["usage", org, by, from, to, project],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/orgs/{org}/usage", {
          params: {
            path: { org },
            query: {
              by,
              ...(from ? { first_day: from } : {}),
              ...(to ? { last_day: to } : {}),
              ...(project ? { project } : {}),
            },
          },
          signal,
        }),
      ),
    refetchInterval: 60_000,
  });

export function useSetQuota(org: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (quota: NewQuota) =>
      body(api.PUT("/api/v1/orgs/{org}/quota", { params: { path: { org } }, body: quota })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["quotas", org] }),
  });
}
