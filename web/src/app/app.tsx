import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { type ComponentProps, StrictMode, useState } from "react";

import { createAppRouter } from "@/app/router";
import { createQueryClient } from "@/lib/api/query-client";
import { I18nProvider } from "@/lib/i18n/i18n-provider";

/** Pages that are nobody's without a session. */
const SIGNED_IN = /^\/(p|o|settings|admin|invitation)(\/|$)/;

export function App({ language }: { language: ComponentProps<typeof I18nProvider>["initial"] }) {
  const [{ queryClient, router }] = useState(assemble);
  return (
    <StrictMode>
      <I18nProvider initial={language}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </I18nProvider>
    </StrictMode>
  );
}

function assemble() {
  const queryClient = createQueryClient(() => {
    // A session that ended elsewhere: the address is kept for after the next sign-in.
    if (SIGNED_IN.test(router.state.location.pathname)) {
      void router.navigate({ to: "/sign-in", search: { next: router.state.location.href } });
    }
  });
  const router = createAppRouter(queryClient);
  return { queryClient, router };
}
