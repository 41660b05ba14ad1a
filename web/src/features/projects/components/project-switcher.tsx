import { Link } from "@tanstack/react-router";
import { Check, ChevronsUpDown } from "lucide-react";

import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { projectRef } from "@/features/projects/project";
import type { Me, Project } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

/** Organizations, and the projects of each. */
export function ProjectSwitcher({ me, current }: { me: Me; current: Project }) {
  const { t } = useI18n();
  const organization = me.organizations.find((each) => each.id === current.org_id);
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button
          variant="ghost"
          className="min-w-0 shrink px-2"
          aria-label={t("project.switch", { name: current.name })}
        >
          <span className="flex min-w-0 items-baseline gap-1.5">
            <span className="hidden max-w-40 truncate text-muted-foreground sm:inline">{organization?.name} /</span>
            <span className="truncate">{current.name}</span>
          </span>
          <ChevronsUpDown aria-hidden className="text-muted-foreground" />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        {me.organizations.map((each) => (
          <div key={each.id}>
            <DropdownMenuLabel>{each.name}</DropdownMenuLabel>
            {me.projects
              .filter((project) => project.org_id === each.id)
              .map((project) => (
                <DropdownMenuItem key={project.id} asChild>
                  <Link to="/p/$project" params={{ project: projectRef(project, me.projects) }}>
                    <span className="min-w-0 flex-1 truncate">{project.name}</span>
                    {project.id === current.id && <Check aria-hidden />}
                  </Link>
                </DropdownMenuItem>
              ))}
          </div>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
