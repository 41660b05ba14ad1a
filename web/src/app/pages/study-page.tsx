import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";

import { PageHeader } from "@/components/page-header";
import { PageQuery } from "@/components/page-query";
import { StatusBadge } from "@/components/status-badge";
import { Card } from "@/components/ui/card";
import { OverlayChart } from "@/features/experiments/components/overlay-chart";
import { Explanation } from "@/features/scheduling/components/explanation";
import { StudyActions } from "@/features/tuning/components/study-actions";
import { StudyView } from "@/features/tuning/components/study-view";
import { studyQuery } from "@/features/tuning/queries";
import { ordered } from "@/features/tuning/trial-order";
import type { Study, Trial } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

const route = getRouteApi("/p/$project/training/studies/$studyId");
/** Trials whose curves are shown. */
const CURVES = 8;

export function StudyPage() {
  const { t, term } = useI18n();
  const { project, studyId } = route.useParams();
  const { order = "number" } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(studyQuery(studyId));
  return (
    <PageQuery query={query}>
      {(study) => (
        <>
          <PageHeader
            title={study.name}
            about={t("study.goal", { mode: term("mode", study.mode), metric: study.metric })}
            badge={<StatusBadge status={study.workload.status} />}
            actions={<StudyActions study={study} />}
          />
          <div className="mb-4">
            <Explanation workloadId={study.workload.id} />
          </div>
          <StudyView
            project={project}
            study={study}
            order={order}
            onOrder={(next) =>
              void navigate({ search: next === "number" ? {} : { order: next }, replace: true, resetScroll: false })
            }
            curves={(trials) => <TrialCurves study={study} trials={trials} />}
          />
        </>
      )}
    </PageQuery>
  );
}

/** What the best trials report while they learn, and those that learn now. */
function TrialCurves({ study, trials }: { study: Study; trials: readonly Trial[] }) {
  const { t } = useI18n();
  const runs = useMemo(() => {
    const best = ordered(trials, "best", study.mode);
    const first = [...best.filter((trial) => trial.status === "running"), ...best];
    return [...new Set(first)].slice(0, CURVES).map((trial) => ({
      id: trial.run_id,
      name: `#${trial.number}`,
      colour: trial.number,
      live: trial.status === "running",
    }));
  }, [study.mode, trials]);
  return (
    <Card title={t("study.curves", { count: runs.length })}>
      <OverlayChart metric={study.metric} runs={runs} />
    </Card>
  );
}
