import { Link } from "@tanstack/react-router";
import { Check } from "lucide-react";
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

/** Organizations, and the projects of each. */
export default function ProjectMenu({ me, current, trigger }: { me: Me; current: Project; trigger: ReactElement }) {
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
