import { Link } from "@tanstack/react-router";

import { ProblemNote } from "@/components/problem-note";
import { textLinkClasses } from "@/components/text-link";
import { Checkbox } from "@/components/ui/checkbox";
import { useRequireSecondFactor } from "@/features/members/queries";
import { Problem } from "@/lib/api/problem";
import type { Organization } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

interface SecondFactorRuleProps {
  organization: Organization;
  /** Reads the organization anew. */
  onChange: () => Promise<void>;
}

/** Whether members must prove a second factor before they see the organization. */
export function SecondFactorRule({ organization, onChange }: SecondFactorRuleProps) {
  const { t } = useI18n();
  const require = useRequireSecondFactor(organization.id, onChange);
  const unproven = require.error instanceof Problem && require.error.code === "second_factor_needed";
  return (
    <div className="space-y-2">
      <Checkbox
        label={t("members.requireSecondFactor")}
        checked={require.isPending ? require.variables : organization.requires_second_factor}
        onChange={(is) => require.mutate(is)}
      />
      <p className="text-xs text-muted-foreground">{t("members.requireSecondFactorAbout")}</p>
      {require.error && <ProblemNote error={require.error} />}
      {unproven && (
        <Link to="/settings/security" className={textLinkClasses}>
          {t("settings.security")}
        </Link>
      )}
    </div>
  );
}
