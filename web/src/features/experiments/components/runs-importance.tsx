import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { ImportanceList } from "@/components/importance-list";
import { ProblemNote } from "@/components/problem-note";
import { ProblemWords } from "@/components/problem-words";
import { QueryView } from "@/components/query-view";
import { Card } from "@/components/ui/card";
import { Select } from "@/components/ui/select";
import { columnText } from "@/features/experiments/column-text";
import { runsImportanceQuery } from "@/features/experiments/comparison-queries";
import { Problem } from "@/lib/api/problem";
import { useI18n } from "@/lib/i18n/i18n-context";

const MOST_SHOWN = 20;

interface RunsImportanceProps {
  project: string;
  /** Names of metrics, of which there is at least one. */
  metrics: readonly string[];
  /** Of the runs that are looked at: a few that are compared say nothing. */
  filter: string;
}

/** Which parameters decide a metric, over all runs that match the filter of the table. */
export function RunsImportance({ project, metrics, filter }: RunsImportanceProps) {
  const { t, format } = useI18n();
  const [metric, setMetric] = useState(metrics.find((name) => name.includes("loss")) ?? metrics[0] ?? "");
  const query = useQuery(runsImportanceQuery(project, columnText({ place: "metrics", name: metric }), filter));
  const tooFew = query.error instanceof Problem && query.error.code === "too_few_runs" ? query.error : null;
  return (
    <Card title={t("study.importance")}>
      <Select
        label={t("column.metric")}
        value={metric}
        options={metrics.map((name) => [name, name] as const)}
        onChange={setMetric}
        className="mb-3 sm:max-w-64"
      />
      {tooFew ? (
        <p className="text-muted-foreground">
          <ProblemWords error={tooFew} />
        </p>
      ) : query.error ? (
        <ProblemNote error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <QueryView query={query}>
          {({ params, runs, score }) => (
            <div className="space-y-3">
              <ImportanceList params={params.slice(0, MOST_SHOWN)} />
              <p className="text-xs text-muted-foreground">
                {t(score > 0 ? "compare.importanceAbout" : "compare.importanceNothing", {
                  metric,
                  count: format.count(runs),
                })}
                {filter && (
                  <>
                    {" "}
                    <code className="wrap-anywhere">{filter}</code>
                  </>
                )}
              </p>
            </div>
          )}
        </QueryView>
      )}
    </Card>
  );
}
