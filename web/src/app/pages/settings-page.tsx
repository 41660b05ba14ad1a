import { Link, Outlet, getRouteApi } from "@tanstack/react-router";

import { AccountFrame } from "@/app/pages/account-frame";
import { LinkTabs, linkTabClasses } from "@/components/link-tabs";
import { useI18n } from "@/lib/i18n/i18n-context";

const route = getRouteApi("/settings");
const TABS = [
  ["/settings", "settings.profile"],
  ["/settings/security", "settings.security"],
  ["/settings/keys", "keys.title"],
] as const;

/** What surrounds the pages of one's own account. */
export function SettingsPage() {
  const { t } = useI18n();
  const { me } = route.useRouteContext();
  return (
    <AccountFrame me={me}>
      <LinkTabs label={t("settings.title")}>
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
