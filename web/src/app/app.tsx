import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { type ComponentProps, StrictMode } from "react";

import type { Assembly } from "@/app/assembly";
import { I18nProvider } from "@/lib/i18n/i18n-provider";

interface AppProps extends Pick<Assembly, "queryClient" | "router"> {
  language: ComponentProps<typeof I18nProvider>["initial"];
}

export function App({ language, queryClient, router }: AppProps) {
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
