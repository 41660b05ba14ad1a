import { QueryClientProvider } from "@tanstack/react-query";
import { type RenderResult, render } from "@testing-library/react";
import type { ReactElement } from "react";

import { createQueryClient } from "@/lib/api/query-client";
import { en } from "@/lib/i18n/en";
import { enWork } from "@/lib/i18n/en-work";
import { account } from "@/lib/i18n/en/account";
import { audit } from "@/lib/i18n/en/audit";
import { commands } from "@/lib/i18n/en/commands";
import { problems } from "@/lib/i18n/en/problems";
import { serving } from "@/lib/i18n/en/serving";
import { I18nProvider } from "@/lib/i18n/i18n-provider";

const CATALOG = { ...en, ...enWork, ...account, ...audit, ...commands, ...problems, ...serving };

/** As within the application, in English. */
export function renderApp(element: ReactElement): RenderResult {
  return render(
    <I18nProvider initial={{ locale: "en", catalog: CATALOG }}>
      <QueryClientProvider client={createQueryClient(() => undefined)}>{element}</QueryClientProvider>
    </I18nProvider>,
  );
}
