import { Menu, User } from "lucide-react";
import { lazy } from "react";

import { CommandButton } from "@/app/shell/commands";
import { Preferences } from "@/app/shell/preferences";
import type { ShellPlace } from "@/app/shell/shell";
import { OnDemand } from "@/components/on-demand";
import { Button } from "@/components/ui/button";
import { ProjectSwitcher } from "@/features/projects/components/project-switcher";
import { useI18n } from "@/lib/i18n/i18n-context";

const loadSheet = () => import("./navigation-sheet");
const NavigationSheet = lazy(loadSheet);
const loadUserMenu = () => import("./user-menu");
const UserMenu = lazy(loadUserMenu);

export function TopBar({ me, organization, current, project }: ShellPlace) {
  const { t } = useI18n();
  const menuButton = (
    <Button variant="ghost" size="icon" className="lg:hidden" aria-label={t("nav.open")}>
      <Menu aria-hidden />
    </Button>
  );
  const userButton = (
    <Button variant="ghost" size="icon" aria-label={t("account.menu", { name: me.user.name })}>
      <User aria-hidden />
    </Button>
  );
  return (
    <header className="flex h-14 items-center gap-1 px-2 sm:px-4">
      <OnDemand trigger={menuButton} preload={loadSheet}>
        {(trigger) => <NavigationSheet organization={organization} project={project} trigger={trigger} />}
      </OnDemand>
      <ProjectSwitcher me={me} organization={organization} current={current} />
      <div className="ml-auto flex shrink-0 items-center">
        <CommandButton />
        <Preferences />
        <OnDemand trigger={userButton} preload={loadUserMenu}>
          {(trigger) => <UserMenu me={me} trigger={trigger} />}
        </OnDemand>
      </div>
    </header>
  );
}
