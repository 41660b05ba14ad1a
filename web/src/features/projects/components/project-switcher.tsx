import { ChevronsUpDown } from "lucide-react";
import { lazy } from "react";

import { OnDemand } from "@/components/on-demand";
import { Button } from "@/components/ui/button";
import type { Me, Organization, Project } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

const load = () => import("./project-menu");
const ProjectMenu = lazy(load);

interface ProjectSwitcherProps {
  me: Me;
  organization: Organization | undefined;
  current: Project | undefined;
}

/** The organization and the project one is in, and the way to others. */
export function ProjectSwitcher({ me, organization, current }: ProjectSwitcherProps) {
  const { t } = useI18n();
  const trigger = (
    <Button variant="ghost" size="tight" className="min-w-0">
      <span className="flex min-w-0 items-baseline gap-1.5">
        <span className="hidden max-w-40 truncate text-muted-foreground sm:inline">{organization?.name} /</span>
        <span className="truncate">{current?.name ?? t("project.none")}</span>
      </span>
      <span className="sr-only">{t("project.switch")}</span>
      <ChevronsUpDown aria-hidden className="text-muted-foreground" />
    </Button>
  );
  return (
    <OnDemand trigger={trigger} preload={load}>
      {(given) => <ProjectMenu me={me} current={current} trigger={given} />}
    </OnDemand>
  );
}
