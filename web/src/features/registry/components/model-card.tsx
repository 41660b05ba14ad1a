import { useQuery } from "@tanstack/react-query";

import { Markdown } from "@/components/markdown";
import { QueryView } from "@/components/query-view";
import { cardQuery } from "@/features/registry/queries";
import { useI18n } from "@/lib/i18n/i18n-context";

/** What is written of a version: by a person, or from its run. */
export function ModelCard({ modelId, version }: { modelId: string; version: number }) {
  const { t } = useI18n();
  const query = useQuery(cardQuery(modelId, version));
  return (
    <QueryView query={query} waiting="h-40">
      {(card) => (
        <div data-card={version}>
          {!card.written && <p className="mb-3 text-xs text-muted-foreground">{t("models.cardMade")}</p>}
          <Markdown text={card.markdown} />
        </div>
      )}
    </QueryView>
  );
}
