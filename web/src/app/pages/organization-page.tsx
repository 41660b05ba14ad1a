import { Link, Outlet, getRouteApi } from "@tanstack/react-router";

import { AccountFrame } from "@/app/pages/account-frame";
import { LinkTabs, linkTabClasses } from "@/components/link-tabs";
import { useI18n } from "@/lib/i18n/i18n-context";

const route = getRouteApi("/o/$org");
const TABS = [
  ["/o/$org/members", "members.title"],
  ["/o/$org/projects", "projects.title"],
  ["/o/$org/usage", "usage.tab"],
  ["/o/$org/audit", "audit.title"],
] as const;

/** What surrounds the pages of an organization. */
export function OrganizationPage() {
  const { t } = useI18n();
  const { me, organization } = route.useRouteContext();
  const { org } = route.useParams();
  return (
    <AccountFrame me={me} organization={organization}>
      <LinkTabs label={organization.name}>
        {TABS.map(([to, text]) => (
          <Link key={to} to={to} params={{ org }} className={linkTabClasses}>
            {t(text)}
          </Link>
        ))}
      </LinkTabs>
      <Outlet />
    </AccountFrame>
  );
}
