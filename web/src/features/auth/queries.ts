import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, body } from "@/lib/api/client";
import type { components } from "@/lib/api/schema";

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/auth/me", { signal })),
  staleTime: 60_000,
  // It decides which page is shown, so it fails at once where nothing answers, and the router tells.
  networkMode: "always",
  retry: false,
});

/** Who else may say who somebody is. */
export const providersQuery = queryOptions({
  queryKey: ["sign-in-providers"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/auth/providers", { signal })),
  staleTime: Infinity,
});

export const identitiesQuery = queryOptions({
  queryKey: ["identities"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/auth/identities", { signal })),
});

export const sessionsQuery = queryOptions({
  queryKey: ["sessions"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/auth/sessions", { signal })),
});

export function useRename() {
  return useOwn("me", (name: string) => body(api.PATCH("/api/v1/auth/me", { body: { name } })));
}

/** Ends every session of the person; this browser gets a new one. */
export function useChangePassword() {
  return useOwn("sessions", (change: components["schemas"]["PasswordChange"]) =>
    body(api.POST("/api/v1/auth/password", { body: change })),
  );
}

export function useEndSession() {
  return useOwn("sessions", (sessionId: string) =>
    body(api.DELETE("/api/v1/auth/sessions/{session_id}", { params: { path: { session_id: sessionId } } })),
  );
}

export function useEndOtherSessions() {
  return useOwn("sessions", () => body(api.POST("/api/v1/auth/sessions:revoke-others")));
}

export const secondFactorQuery = queryOptions({
  queryKey: ["second-factor"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/auth/second-factor", { signal })),
});

/** A secret for the device, which is asked for once it was confirmed. */
export function useOfferSecondFactor() {
  return useMutation({
    mutationFn: (password: string) =>
      body(api.POST("/api/v1/auth/second-factor", { body: { current_password: password } })),
  });
}

/** What it answers is shown once, so nothing is read again before it is shown. */
export function useConfirmSecondFactor() {
  return useMutation({
    mutationFn: (code: string) => body(api.POST("/api/v1/auth/second-factor:confirm", { body: { code } })),
  });
}

export function useVerifySecondFactor() {
  return useOwn("second-factor", (code: string) =>
    body(api.POST("/api/v1/auth/second-factor:verify", { body: { code } })),
  );
}

export function useRemoveSecondFactor() {
  return useOwn("second-factor", (code: string) =>
    body(api.POST("/api/v1/auth/second-factor:remove", { body: { code } })),
  );
}

/** By the token of a link that the administrator issued. */
export function useResetPassword() {
  return useMutation({
    mutationFn: (given: components["schemas"]["PasswordResetUse"]) =>
      body(api.POST("/api/v1/auth/password:reset", { body: given })),
  });
}

export function useUnlink() {
  return useOwn("identities", (identityId: string) =>
    body(api.DELETE("/api/v1/auth/identities/{identity_id}", { params: { path: { identity_id: identityId } } })),
  );
}

interface Departure {
  provider: string;
  /** Page of the platform to come back to. */
  next: string;
}

/** Leaves for a provider, to come back signed in. */
export function useDeparture() {
  return useMutation({
    mutationFn: ({ provider, next }: Departure) =>
      body(api.POST("/api/v1/auth/providers/{provider}:sign-in", { params: { path: { provider } }, body: { next } })),
    onSuccess: ({ url }) => window.location.assign(url),
  });
}

/** Leaves for a provider, to come back with one more way to sign in. */
export function useLinking() {
  return useMutation({
    mutationFn: ({ provider, next }: Departure) =>
      body(api.POST("/api/v1/auth/providers/{provider}:link", { params: { path: { provider } }, body: { next } })),
    onSuccess: ({ url }) => window.location.assign(url),
  });
}

export function useSignIn() {
  return useSession((login: components["schemas"]["Login"]) => body(api.POST("/api/v1/auth/login", { body: login })));
}

export function useRegister() {
  return useSession((registration: components["schemas"]["Registration"]) =>
    body(api.POST("/api/v1/auth/register", { body: registration })),
  );
}

export function useSignOut() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => body(api.POST("/api/v1/auth/logout")),
    onSuccess: () => queryClient.clear(),
  });
}

function useSession<T, R>(open: (given: T) => Promise<R>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: open,
    onSuccess: () => {
      // Whatever somebody else saw in this window is gone; who signed in is asked for.
      queryClient.clear();
    },
  });
}

/** A change of one's own account; `key` is of what is read again. */
function useOwn<T, R>(key: string, change: (given: T) => Promise<R>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: [key] }),
  });
}
