import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, body } from "@/lib/api/client";
import { pagedQuery } from "@/lib/api/paged-query";
import type { AdministeredOrganization, AdministeredUser } from "@/lib/api/types";

export const organizationsQuery = pagedQuery<AdministeredOrganization>(["administration", "organizations"], (cursor) =>
  body(api.GET("/api/v1/admin/organizations", { params: { query: { cursor, limit: 50 } } })),
);

export const peopleQuery = pagedQuery<AdministeredUser>(["administration", "people"], (cursor) =>
  body(api.GET("/api/v1/admin/users", { params: { query: { cursor, limit: 50 } } })),
);

interface Switch {
  id: string;
  enabled: boolean;
}

export function useSwitchOrganization() {
  return useAdministration(({ id, enabled }: Switch) => {
    const params = { path: { org_id: id } };
    return enabled
      ? body(api.POST("/api/v1/admin/organizations/{org_id}:enable", { params }))
      : body(api.POST("/api/v1/admin/organizations/{org_id}:disable", { params }));
  });
}

export function useSwitchPerson() {
  return useAdministration(({ id, enabled }: Switch) => {
    const params = { path: { user_id: id } };
    return enabled
      ? body(api.POST("/api/v1/admin/users/{user_id}:enable", { params }))
      : body(api.POST("/api/v1/admin/users/{user_id}:disable", { params }));
  });
}

function useAdministration<T, R>(change: (given: T) => Promise<R>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["administration"] }),
  });
}
