import type { ReactNode } from "react";

import { useLiveUpdates } from "@/app/live-updates";
import { Shell } from "@/app/shell/shell";
import { lastProject, projectRef } from "@/features/projects/project";
import type { Me, Organization } from "@/lib/api/types";

interface AccountFrameProps {
  me: Me;
  /** Without one: that of the project last used. */
  organization?: Organization;
  children: ReactNode;
}

/** The frame of pages that are of no project: its places are those of the project last used. */
export function AccountFrame({ me, organization, children }: AccountFrameProps) {
  useLiveUpdates();
  const current = (organization && lastProject(me.projects, organization.id)) ?? lastProject(me.projects);
  const home = organization ?? me.organizations.find(({ id }) => id === current?.org_id) ?? me.organizations[0];
  return (
    <Shell me={me} organization={home} current={current} project={current && projectRef(current, me.projects)}>
      {children}
    </Shell>
  );
}
