import { Link } from "@tanstack/react-router";

import { LinkTabs, linkTabClasses } from "@/components/link-tabs";
import { useI18n } from "@/lib/i18n/i18n-context";

export function TrainingTabs({ project }: { project: string }) {
  const { t } = useI18n();
  return (
    <LinkTabs label={t("nav.training")}>
      <Link to="/p/$project/training" params={{ project }} activeOptions={{ exact: true }} className={linkTabClasses}>
        {t("training.jobs")}
      </Link>
      <Link to="/p/$project/training/studies" params={{ project }} className={linkTabClasses}>
        {t("training.studies")}
      </Link>
    </LinkTabs>
  );
}
