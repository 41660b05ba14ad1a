import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, body } from "@/lib/api/client";
import { everyPage, pagedQuery } from "@/lib/api/paged-query";
import type { components } from "@/lib/api/schema";
import type { Invitation, Member, ServiceAccount } from "@/lib/api/types";
import type { Role } from "@/lib/roles";

type NewInvitation = components["schemas"]["InvitationCreate"];
type NewServiceAccount = components["schemas"]["ServiceAccountCreate"];

export const everyMemberQuery = (org: string) =>
  queryOptions({
    queryKey: ["members", org, "every"],
    queryFn: () => everyPage<Member>((cursor) => members(org, cursor)),
  });

export const invitationsQuery = (org: string) =>
  pagedQuery<Invitation>(["members", org, "invitations"], (cursor) =>
    body(api.GET("/api/v1/orgs/{org}/invitations", { params: { path: { org }, query: { cursor, limit: 50 } } })),
  );

export const serviceAccountsQuery = (org: string) =>
  pagedQuery<ServiceAccount>(["members", org, "service-accounts"], (cursor) => serviceAccounts(org, cursor));

export const everyServiceAccountQuery = (org: string) =>
  queryOptions({
    queryKey: ["members", org, "every-service-account"],
    queryFn: () => everyPage<ServiceAccount>((cursor) => serviceAccounts(org, cursor)),
  });

/** Not done before the list has been read again, so that the old role does not come back for a moment. */
export function useChangeRole(org: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ userId, role }: { userId: string; role: Role }) =>
      body(
        api.PATCH("/api/v1/orgs/{org}/members/{user_id}", {
          params: { path: { org, user_id: userId } },
          body: { role },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["members", org] }),
  });
}

/** Whether sessions that have proven no second factor see the organization; pending until `onDone` is done. */
export function useRequireSecondFactor(org: string, onDone: () => Promise<void>) {
  return useMutation({
    mutationFn: (required: boolean) =>
      body(api.PUT("/api/v1/orgs/{org}/second-factor", { params: { path: { org } }, body: { required } })),
    onSuccess: onDone,
  });
}

export function useRemoveMember(org: string) {
  return useMembers(org, (userId: string) =>
    body(api.DELETE("/api/v1/orgs/{org}/members/{user_id}", { params: { path: { org, user_id: userId } } })),
  );
}

export function useInvite(org: string) {
  return useMembers(org, (invitation: NewInvitation) =>
    body(api.POST("/api/v1/orgs/{org}/invitations", { params: { path: { org } }, body: invitation })),
  );
}

export function useRevokeInvitation(org: string) {
  return useMembers(org, (invitationId: string) =>
    body(
      api.DELETE("/api/v1/orgs/{org}/invitations/{invitation_id}", {
        params: { path: { org, invitation_id: invitationId } },
      }),
    ),
  );
}

export function useCreateServiceAccount(org: string) {
  return useMembers(org, (account: NewServiceAccount) =>
    body(api.POST("/api/v1/orgs/{org}/service-accounts", { params: { path: { org } }, body: account })),
  );
}

export function useRemoveServiceAccount(org: string) {
  return useMembers(org, (accountId: string) =>
    body(api.DELETE("/api/v1/service-accounts/{account_id}", { params: { path: { account_id: accountId } } })),
  );
}

export function useAcceptInvitation() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (token: string) => body(api.POST("/api/v1/invitations:accept", { body: { token } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["me"] }),
  });
}

function members(org: string, cursor: string | null) {
  return body(api.GET("/api/v1/orgs/{org}/members", { params: { path: { org }, query: { cursor, limit: 200 } } }));
}

function serviceAccounts(org: string, cursor: string | null) {
  const params = { path: { org }, query: { cursor, limit: 200 } };
  return body(api.GET("/api/v1/orgs/{org}/service-accounts", { params }));
}

/** A change of who belongs to the organization. It is done before the list is read again: its line may go with that. */
function useMembers<T, R>(org: string, change: (given: T) => Promise<R>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ["members", org] });
    },
  });
}
