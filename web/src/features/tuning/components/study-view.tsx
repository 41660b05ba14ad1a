import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { KeyValues } from "@/components/key-values";
import { ParallelCoordinates } from "@/components/parallel-coordinates";
import { QueryView } from "@/components/query-view";
import { Card } from "@/components/ui/card";
import { StudyImportance } from "@/features/tuning/components/study-importance";
import { StudyProgress } from "@/features/tuning/components/study-progress";
import { TrialsTable } from "@/features/tuning/components/trials-table";
import { isLive, trialsQuery } from "@/features/tuning/queries";
import type { TrialOrder } from "@/features/tuning/trial-order";
import type { Study, Trial } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

/** Trials of which it can be told what decides. */
const FEWEST = 10;

interface StudyViewProps {
  project: string;
  study: Study;
  order: TrialOrder;
  onOrder: (order: TrialOrder) => void;
  /** Shows the curves of the trials while they learn. */
  curves: (trials: readonly Trial[]) => ReactNode;
}

/** The best configuration so far, how it came about, what separates good trials from bad ones, and every trial. */
export function StudyView({ project, study, order, onOrder, curves }: StudyViewProps) {
  const { t } = useI18n();
  const trials = useQuery(trialsQuery(study.id, isLive(study)));
  return (
    <div className="space-y-4">
      <Best study={study} />
      <QueryView query={trials}>
        {(rows) => (
          <>
            {rows.length > 0 && (
              <>
                <div className="grid gap-4 xl:grid-cols-2">
                  <StudyProgress study={study} trials={rows} />
                  {curves(rows)}
                </div>
                <Coordinates study={study} trials={rows} />
                <Importance study={study} trials={rows} />
              </>
            )}
            <Card title={t("study.trials")}>
              {rows.length === 0 ? (
                <p className="text-muted-foreground">{t("study.noTrials")}</p>
              ) : (
                <TrialsTable project={project} study={study} trials={rows} order={order} onOrder={onOrder} />
              )}
            </Card>
          </>
        )}
      </QueryView>
    </div>
  );
}

function Best({ study }: { study: Study }) {
  const { t, format } = useI18n();
  const { best } = study;
  return (
    <Card
      title={t("study.best")}
      aside={
        best?.value != null && (
          <span className="tabular text-xs">
            {study.metric} <strong data-best>{format.value(best.value)}</strong>
          </span>
        )
      }
    >
      {best ? (
        <KeyValues entries={Object.entries(best.params).map(([name, value]) => [name, shown(value, format.value)])} />
      ) : (
        <p className="text-muted-foreground">{t("study.noBest")}</p>
      )}
    </Card>
  );
}

function Coordinates({ study, trials }: { study: Study; trials: readonly Trial[] }) {
  const { t } = useI18n();
  const finished = trials.filter((trial) => trial.value != null);
  if (finished.length < 2) return null;
  return (
    <Card title={t("study.coordinates")}>
      <ParallelCoordinates
        label={t("study.coordinates")}
        axes={[...Object.keys(study.spec["space"] ?? {}), study.metric]}
        rows={finished.map((trial) => ({
          key: trial.id,
          label: `#${trial.number}`,
          values: { ...trial.params, [study.metric]: trial.value },
        }))}
        goal={study.metric}
        mode={study.mode === "min" ? "min" : "max"}
      />
    </Card>
  );
}

function Importance({ study, trials }: { study: Study; trials: readonly Trial[] }) {
  const valued = trials.filter((trial) => trial.value !== null).length;
  return valued < FEWEST ? null : <StudyImportance study={study} valued={valued} />;
}

function shown(value: unknown, number: (value: number) => string): string {
  if (typeof value === "number") return number(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}
