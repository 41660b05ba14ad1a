import { Link, Outlet, getRouteApi } from "@tanstack/react-router";

import { AccountFrame } from "@/app/pages/account-frame";
import { LinkTabs, linkTabClasses } from "@/components/link-tabs";
import { useI18n } from "@/lib/i18n/i18n-context";

const route = getRouteApi("/admin");
const TABS = [
  ["/admin", "admin.organizations"],
  ["/admin/people", "admin.people"],
  ["/admin/events", "admin.events"],
] as const;

/** What surrounds the pages of the platform's administrators. */
export function AdministrationPage() {
  const { t } = useI18n();
  const { me } = route.useRouteContext();
  return (
    <AccountFrame me={me}>
      <LinkTabs label={t("account.administration")}>
        {TABS.map(([to, text]) => (
          <Link key={to} to={to} activeOptions={{ exact: true, includeSearch: false }} className={linkTabClasses}>
            {t(text)}
          </Link>
        ))}
      </LinkTabs>
      <Outlet />
    </AccountFrame>
  );
}
