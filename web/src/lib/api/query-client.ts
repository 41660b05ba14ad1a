import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";

import { Problem, Unreachable } from "./problem";

const RETRIES = 2;

/** `onSignedOut` is called when the platform no longer knows the session. */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const onError = (error: Error) => {
    if (error instanceof Problem && error.status === 401) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache(),
    defaultOptions: {
      queries: {
        staleTime: 1000,
        // A platform that does not answer pauses the query: this retry waits until it does.
        retry: (failures, error) =>
          error instanceof Unreachable || (failures < RETRIES && !(error instanceof Problem && error.status < 500)),
        refetchOnReconnect: "always",
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
}
