import { Link, useNavigate } from "@tanstack/react-router";

import { Entrance } from "@/app/shell/entrance";
import { textLinkClasses } from "@/components/text-link";
import { RegisterForm } from "@/features/auth/components/register-form";
import { useI18n } from "@/lib/i18n/i18n-context";

export function RegisterPage() {
  const { t } = useI18n();
  const navigate = useNavigate();
  return (
    <Entrance title={t("auth.register")} about={t("auth.registerAbout")}>
      <RegisterForm onDone={() => void navigate({ to: "/" })} />
      <p className="mt-4 text-center text-muted-foreground">
        {t("auth.haveAccount")}{" "}
        <Link to="/sign-in" className={textLinkClasses}>
          {t("auth.signIn")}
        </Link>
      </p>
    </Entrance>
  );
}
