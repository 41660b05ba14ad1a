import type { ReactNode } from "react";

import { Brand } from "@/app/shell/brand";
import { ConnectionBanner } from "@/app/shell/connection-banner";
import { Navigation } from "@/app/shell/navigation";
import { TopBar } from "@/app/shell/top-bar";
import type { Me, Project } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

interface ShellProps {
  me: Me;
  current: Project;
  /** As the address names it. */
  project: string;
  children: ReactNode;
}

/** What surrounds every page of a project. */
export function Shell({ me, current, project, children }: ShellProps) {
  const { t } = useI18n();
  return (
    <div className="flex min-h-dvh">
      <a
        href="#page"
        className="sr-only rounded-lg bg-primary px-4 py-2 text-primary-foreground focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50"
      >
        {t("nav.skip")}
      </a>
      <aside className="sticky top-0 hidden h-dvh w-56 shrink-0 border-r border-border bg-card p-4 lg:block">
        <div className="mb-6 px-3">
          <Brand />
        </div>
        <Navigation project={project} />
      </aside>
      <div className="flex min-w-0 flex-1 flex-col">
        <div className="sticky top-0 z-30 border-b border-border bg-card">
          <TopBar me={me} current={current} project={project} />
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
    </div>
  );
}
