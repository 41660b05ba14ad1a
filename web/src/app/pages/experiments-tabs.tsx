import { Link } from "@tanstack/react-router";

import { LinkTabs, linkTabClasses } from "@/components/link-tabs";
import { useI18n } from "@/lib/i18n/i18n-context";

export function ExperimentsTabs({ project }: { project: string }) {
  const { t } = useI18n();
  return (
    <LinkTabs label={t("nav.experiments")}>
      <Link
        to="/p/$project/experiments"
        params={{ project }}
        activeOptions={{ exact: true }}
        className={linkTabClasses}
      >
        {t("runs.title")}
      </Link>
      <Link to="/p/$project/experiments/models" params={{ project }} className={linkTabClasses}>
        {t("models.title")}
      </Link>
    </LinkTabs>
  );
}
