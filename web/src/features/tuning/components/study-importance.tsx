import { useQuery } from "@tanstack/react-query";

import { ImportanceList } from "@/components/importance-list";
import { QueryView } from "@/components/query-view";
import { Card } from "@/components/ui/card";
import { importanceQuery } from "@/features/tuning/queries";
import type { Study } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

interface StudyImportanceProps {
  study: Study;
  /** How many trials have a value: what is known changes with it. */
  valued: number;
}

/** Which parameters decide how well the trials do. */
export function StudyImportance({ study, valued }: StudyImportanceProps) {
  const { t } = useI18n();
  const query = useQuery(importanceQuery(study.id, valued));
  return (
    <Card title={t("study.importance")}>
      <QueryView query={query}>
        {({ params, score }) => (
          <div className="space-y-3">
            <ImportanceList params={params} />
            <p className="text-xs text-muted-foreground">
              {t(score > 0 ? "study.importanceAbout" : "study.importanceNothing", { metric: study.metric })}
            </p>
          </div>
        )}
      </QueryView>
    </Card>
  );
}
