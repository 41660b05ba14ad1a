import { Link } from "@tanstack/react-router";
import { Building2, Check } from "lucide-react";
import type { ReactElement } from "react";

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

interface ProjectMenuProps {
  me: Me;
  current: Project | undefined;
  trigger: ReactElement;
}

/** Organizations, the projects of each, and the way to who and what belongs to it. */
export default function ProjectMenu({ me, current, trigger }: ProjectMenuProps) {
  const { t } = useI18n();
  return (
    <DropdownMenu defaultOpen>
      <DropdownMenuTrigger asChild>{trigger}</DropdownMenuTrigger>
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
                    {project.id === current?.id && <Check aria-hidden />}
                  </Link>
                </DropdownMenuItem>
              ))}
            <DropdownMenuItem asChild>
              <Link to="/o/$org" params={{ org: each.slug }} className="text-muted-foreground">
                <Building2 aria-hidden />
                <span className="min-w-0 flex-1 truncate">{t("project.ofOrganization", { name: each.name })}</span>
              </Link>
            </DropdownMenuItem>
          </div>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
