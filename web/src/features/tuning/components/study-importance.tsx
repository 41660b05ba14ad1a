import { useQuery } from "@tanstack/react-query";

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
  const { t, format } = useI18n();
  const query = useQuery(importanceQuery(study.id, valued));
  return (
    <Card title={t("study.importance")}>
      <QueryView query={query}>
        {({ params, score }) => (
          <div className="space-y-3">
            <ul className="space-y-2">
              {params.map(({ name, importance, correlation }) => (
                <li key={name} data-importance={name} className="space-y-1">
                  <span className="flex items-baseline justify-between gap-4 text-xs">
                    <span className="min-w-0 font-mono wrap-anywhere">{name}</span>
                    <span className="tabular">
                      {format.percent(importance)}
                      {correlation !== null && (
                        <span className="text-muted-foreground">
                          {" · "}
                          {t("study.correlation", { value: format.value(Number(correlation.toFixed(2))) })}
                        </span>
                      )}
                    </span>
                  </span>
                  <span aria-hidden className="block h-1.5 rounded-full bg-muted">
                    <span className="block h-full rounded-full bg-primary" style={{ width: `${importance * 100}%` }} />
                  </span>
                </li>
              ))}
            </ul>
            <p className="text-xs text-muted-foreground">
              {t(score > 0 ? "study.importanceAbout" : "study.importanceNothing", { metric: study.metric })}
            </p>
          </div>
        )}
      </QueryView>
    </Card>
  );
}
