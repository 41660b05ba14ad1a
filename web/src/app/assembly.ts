import { createAppRouter } from "@/app/router";
import { createQueryClient } from "@/lib/api/query-client";

/** Pages that are nobody's without a session. */
const SIGNED_IN = /^\/(p|o|settings|admin|invitation)(\/|$)/;

/** What the whole application shares. `load` settles when there is something to show at the address. */
export function assemble() {
  const queryClient = createQueryClient(() => {
    // A session that ended elsewhere: the address is kept for after the next sign-in.
    if (SIGNED_IN.test(router.state.location.pathname)) {
      void router.navigate({ to: "/sign-in", search: { next: router.state.location.href } });
    }
  });
  const router = createAppRouter(queryClient);
  const load = async () => {
    // The router fetches the code of a page after it has learnt who is signed in: here both are on their way at once.
    for (const route of router.getMatchedRoutes(router.latestLocation.pathname)[0]) {
      // Whoever shows the page tells what went wrong.
      router.loadRouteChunk(route)?.catch(() => undefined);
    }
    await router.load();
  };
  return { queryClient, router, load };
}

export type Assembly = ReturnType<typeof assemble>;
