import { SearchX } from "lucide-react";

import { useI18n } from "@/lib/i18n/i18n-context";

import { EmptyState } from "./empty-state";

/** In the place of a list that a filter has left nothing of. */
export function NoMatch() {
  const { t } = useI18n();
  return <EmptyState icon={SearchX} title={t("table.noMatch")} about={t("table.noMatchAbout")} />;
}
