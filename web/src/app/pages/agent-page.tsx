import { Bot } from "lucide-react";

import { EmptyState } from "@/components/empty-state";
import { PageHeader } from "@/components/page-header";
import { useI18n } from "@/lib/i18n/i18n-context";

/** The agent has its place; the page says plainly that it is not there yet. */
export function AgentPage() {
  const { t } = useI18n();
  return (
    <>
      <PageHeader title={t("nav.agent")} />
      <EmptyState icon={Bot} title={t("agent.notYet")} about={t("agent.about")} />
    </>
  );
}
