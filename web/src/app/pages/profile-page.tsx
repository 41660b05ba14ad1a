import { getRouteApi } from "@tanstack/react-router";

import { useRefreshMe } from "@/app/session";
import { PageHeader } from "@/components/page-header";
import { Card } from "@/components/ui/card";
import { Checkbox } from "@/components/ui/checkbox";
import { Select } from "@/components/ui/select";
import { ProfileForm } from "@/features/auth/components/profile-form";
import { useI18n } from "@/lib/i18n/i18n-context";
import { useShortcutsAreOn } from "@/lib/shortcuts";
import { useTheme } from "@/lib/theme";

const route = getRouteApi("/settings");

export function ProfilePage() {
  const { t, locale, setLocale } = useI18n();
  const { me } = route.useRouteContext();
  const { chosen, choose } = useTheme();
  const [shortcuts, turnShortcuts] = useShortcutsAreOn();
  const refresh = useRefreshMe();
  return (
    <>
      <PageHeader title={t("settings.title")} about={t("settings.about")} />
      <div className="grid gap-4 xl:grid-cols-2">
        <Card title={t("settings.profile")}>
          <ProfileForm me={me} onDone={() => void refresh()} />
        </Card>
        <Card title={t("settings.appearance")}>
          <div className="max-w-md space-y-4">
            <Select
              label={t("settings.language")}
              value={locale}
              options={[
                ["en", "English"],
                ["zh", "中文"],
              ]}
              onChange={setLocale}
            />
            <Select
              label={t("settings.theme")}
              value={chosen}
              options={[
                ["system", t("settings.themeSystem")],
                ["light", t("settings.themeLight")],
                ["dark", t("settings.themeDark")],
              ]}
              onChange={choose}
            />
            <Checkbox label={t("settings.shortcuts")} checked={shortcuts} onChange={turnShortcuts} />
          </div>
        </Card>
      </div>
    </>
  );
}
