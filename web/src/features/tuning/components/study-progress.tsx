import { useMemo } from "react";

import { Curves } from "@/components/curve";
import { Card } from "@/components/ui/card";
import { progress } from "@/features/tuning/progress";
import type { Study, Trial } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

/** How the best value came about, trial by trial. */
export function StudyProgress({ study, trials }: { study: Study; trials: readonly Trial[] }) {
  const { t } = useI18n();
  const lines = useMemo(() => {
    const [each, best] = progress(study, trials);
    return [
      { key: "best", label: t("study.best"), colour: 0, series: best },
      { key: "each", label: t("study.each"), colour: 7, series: each },
    ];
  }, [study, trials, t]);
  if (lines[0]?.series.steps.length === 0) return null;
  return (
    <Card title={t("study.progress")}>
      <Curves title={study.metric} lines={lines} />
    </Card>
  );
}
