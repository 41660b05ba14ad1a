import type { ReactNode } from "react";

import { Brand } from "@/app/shell/brand";
import { Commands } from "@/app/shell/commands";
import { ConnectionBanner } from "@/app/shell/connection-banner";
import { Navigation } from "@/app/shell/navigation";
import { Toasts } from "@/app/shell/toasts";
import { TopBar } from "@/app/shell/top-bar";
import type { Me, Organization, Project } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

export interface ShellPlace {
  me: Me;
  /** What one is in; a person may have none yet. */
  organization: Organization | undefined;
  current: Project | undefined;
  /** The current project as the address names it. */
  project: string | undefined;
}

/** What surrounds every page of somebody who is signed in. */
export function Shell({ children, ...place }: ShellPlace & { children: ReactNode }) {
  const { t } = useI18n();
  return (
    <div className="flex min-h-dvh">
      <a
        href="#page"
        className="sr-only rounded-lg bg-primary px-4 py-2 text-primary-foreground focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50"
      >
        {t("nav.skip")}
      </a>
      <aside className="hidden w-56 shrink-0 border-r border-border bg-card lg:block">
        <div className="sticky top-0 max-h-dvh overflow-y-auto p-4">
          <div className="mb-6 px-3">
            <Brand />
          </div>
          <Navigation {...place} />
        </div>
      </aside>
      <div className="flex min-w-0 flex-1 flex-col">
        <div className="sticky top-0 z-30 border-b border-border bg-card">
          <TopBar {...place} />
          <ConnectionBanner />
        </div>
        <main
          id="page"
          tabIndex={-1}
          className="mx-auto w-full max-w-screen-2xl min-w-0 flex-1 p-4 outline-none sm:p-6"
        >
          {children}
        </main>
      </div>
      <Commands {...place} />
      <Toasts />
    </div>
  );
}
