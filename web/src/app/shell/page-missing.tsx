import { Link } from "@tanstack/react-router";

import { PageHeader } from "@/components/page-header";
import { Button } from "@/components/ui/button";
import { useI18n } from "@/lib/i18n/i18n-context";

export function PageMissing() {
  const { t } = useI18n();
  return (
    <div className="p-6">
      <PageHeader title={t("missing.title")} about={t("missing.about")} />
      <Button asChild>
        <Link to="/">{t("missing.home")}</Link>
      </Button>
    </div>
  );
}
