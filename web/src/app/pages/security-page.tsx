import { useRefreshMe } from "@/app/session";
import { PageHeader } from "@/components/page-header";
import { Card } from "@/components/ui/card";
import { IdentitiesList } from "@/features/auth/components/identities-list";
import { PasswordForm } from "@/features/auth/components/password-form";
import { SecondFactor } from "@/features/auth/components/second-factor";
import { SessionsList } from "@/features/auth/components/sessions-list";
import { useI18n } from "@/lib/i18n/i18n-context";

export function SecurityPage() {
  const { t } = useI18n();
  const refresh = useRefreshMe();
  return (
    <>
      <PageHeader title={t("settings.security")} about={t("settings.securityAbout")} />
      <div className="grid gap-4 xl:grid-cols-2">
        <div className="min-w-0 space-y-4">
          <Card title={t("settings.password")}>
            <PasswordForm />
          </Card>
          <Card title={t("secondFactor.title")}>
            <SecondFactor onDone={() => void refresh()} />
          </Card>
          <Card title={t("identities.title")}>
            <IdentitiesList next="/settings/security" />
          </Card>
        </div>
        <Card title={t("sessions.title")}>
          <SessionsList />
        </Card>
      </div>
    </>
  );
}
