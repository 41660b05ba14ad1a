import { Menu } from "lucide-react";
import { type ReactNode, useState } from "react";

import { Brand } from "@/app/shell/brand";
import { ConnectionBanner } from "@/app/shell/connection-banner";
import { Navigation } from "@/app/shell/navigation";
import { Preferences } from "@/app/shell/preferences";
import { UserMenu } from "@/app/shell/user-menu";
import { Button } from "@/components/ui/button";
import { Sheet, SheetContent, SheetTrigger } from "@/components/ui/sheet";
import { ProjectSwitcher } from "@/features/projects/components/project-switcher";
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
  const [open, setOpen] = useState(false);
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
          <header className="flex h-14 items-center gap-1 px-2 sm:px-4">
            <Sheet open={open} onOpenChange={setOpen}>
              <SheetTrigger asChild>
                <Button variant="ghost" size="icon" className="lg:hidden" aria-label={t("nav.open")}>
                  <Menu aria-hidden />
                </Button>
              </SheetTrigger>
              <SheetContent title="Trine" closeLabel={t("nav.close")}>
                <Navigation project={project} onChoose={() => setOpen(false)} />
              </SheetContent>
            </Sheet>
            <ProjectSwitcher me={me} current={current} />
            <div className="ml-auto flex shrink-0 items-center">
              <Preferences />
              <UserMenu me={me} />
            </div>
          </header>
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
