import { Outlet, getRouteApi } from "@tanstack/react-router";

import { useLiveUpdates } from "@/app/live-updates";
import { Shell } from "@/app/shell/shell";

const route = getRouteApi("/p/$project");

export function ProjectPage() {
  const { me, current } = route.useRouteContext();
  const { project } = route.useParams();
  useLiveUpdates();
  return (
    <Shell
      me={me}
      organization={me.organizations.find(({ id }) => id === current.org_id)}
      current={current}
      project={project}
    >
      <Outlet />
    </Shell>
  );
}
