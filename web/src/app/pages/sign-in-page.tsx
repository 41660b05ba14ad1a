import { Link, getRouteApi, useRouter } from "@tanstack/react-router";

import { Entrance } from "@/app/shell/entrance";
import { textLinkClasses } from "@/components/text-link";
import { ProviderButtons } from "@/features/auth/components/provider-buttons";
import { SignInForm } from "@/features/auth/components/sign-in-form";
import { SignInProblem } from "@/features/auth/components/sign-in-problem";
import { useI18n } from "@/lib/i18n/i18n-context";

const route = getRouteApi("/sign-in");

export function SignInPage() {
  const { t } = useI18n();
  const router = useRouter();
  const { next, problem } = route.useSearch();
  return (
    <Entrance title={t("auth.signIn")} about={t("auth.signInAbout")}>
      {problem && <SignInProblem code={problem} />}
      <SignInForm onDone={() => router.history.push(next ?? "/")} />
      <ProviderButtons next={next ?? "/"} />
      <p className="mt-4 text-center text-muted-foreground">
        {t("auth.noAccount")}{" "}
        <Link to="/register" className={textLinkClasses}>
          {t("auth.register")}
        </Link>
      </p>
    </Entrance>
  );
}
