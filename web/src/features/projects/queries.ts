import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, body } from "@/lib/api/client";
import { everyPage } from "@/lib/api/paged-query";
import type { components } from "@/lib/api/schema";
import type { ProjectMember } from "@/lib/api/types";

type Schemas = components["schemas"];

export const projectMembersQuery = (project: string) =>
  queryOptions({
    queryKey: ["members", "project", project],
    queryFn: ({ signal }) =>
      everyPage<ProjectMember>((cursor) =>
        body(
          api.GET("/api/v1/projects/{project}/members", {
            params: { path: { project }, query: { cursor, limit: 200 } },
            signal,
          }),
        ),
      ),
  });

export function useCreateProject(org: string) {
  return useMutation({
    mutationFn: (project: Schemas["ProjectCreate"]) =>
      body(api.POST("/api/v1/orgs/{org}/projects", { params: { path: { org } }, body: project })),
  });
}

export function useUpdateProject(project: string) {
  return useMutation({
    mutationFn: (change: Schemas["ProjectUpdate"]) =>
      body(api.PATCH("/api/v1/projects/{project}", { params: { path: { project } }, body: change })),
  });
}

export function useRemoveProject(project: string) {
  return useMutation({
    mutationFn: () => body(api.DELETE("/api/v1/projects/{project}", { params: { path: { project } } })),
  });
}

export function undeleteProject(project: string) {
  return body(api.POST("/api/v1/projects/{project}:undelete", { params: { path: { project } } }));
}

/** `onDone` comes even where the page was left meanwhile. */
export function useSetAccess(project: string, onDone: () => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (isPrivate: boolean) =>
      body(
        api.PUT("/api/v1/projects/{project}/access", { params: { path: { project } }, body: { private: isPrivate } }),
      ),
    onSuccess: async () => {
      onDone();
      await queryClient.invalidateQueries(projectMembersQuery(project));
    },
  });
}

/** Null gives back the role of the organization. */
export function useGiveRole(project: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ memberId, role }: { memberId: string; role: Schemas["ProjectMemberUpdate"]["role"] | null }) => {
      const params = { path: { project, member_id: memberId } };
      return role === null
        ? body(api.DELETE("/api/v1/projects/{project}/members/{member_id}", { params }))
        : body(api.PUT("/api/v1/projects/{project}/members/{member_id}", { params, body: { role } }));
    },
    onSuccess: () => queryClient.invalidateQueries(projectMembersQuery(project)),
  });
}
