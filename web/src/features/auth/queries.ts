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
