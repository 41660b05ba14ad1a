import { Link } from "@tanstack/react-router";

import { Button } from "@/components/ui/button";
import { useI18n } from "@/lib/i18n/i18n-context";

/** What people come to the dashboard to begin. */
export function QuickActions({ project }: { project: string }) {
  const { t } = useI18n();
  return (
    <>
      <Button asChild>
        <Link to="/p/$project/training/new" params={{ project }}>
          {t("quick.job")}
        </Link>
      </Button>
      <Button asChild variant="outline">
        <Link to="/p/$project/inference" params={{ project }}>
          {t("quick.deploy")}
        </Link>
      </Button>
      <Button asChild variant="outline">
        <Link to="/p/$project/simulation" params={{ project }}>
          {t("quick.simulate")}
        </Link>
      </Button>
    </>
  );
}
