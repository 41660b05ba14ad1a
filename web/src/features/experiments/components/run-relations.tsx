import { useState } from "react";

import { ParallelCoordinates } from "@/components/parallel-coordinates";
import { ScatterPlot } from "@/components/scatter-plot";
import { Card } from "@/components/ui/card";
import { Select } from "@/components/ui/select";
import type { RunDetail } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

/** What of a run can be told apart: a parameter or the last value of a metric, as `params.lr` or `metrics.loss`. */
function quantity(run: RunDetail, name: string): unknown {
  if (name.startsWith("params.")) return run.params[name.slice("params.".length)];
  return run.metrics.find((metric) => `metrics.${metric.name}` === name)?.value;
}

interface RunRelationsProps {
  runs: readonly RunDetail[];
  /** Those that differ, such as `params.lr`. */
  params: readonly string[];
}

/** How parameters and results of runs go together. */
export function RunRelations({ runs, params }: RunRelationsProps) {
  const { t } = useI18n();
  const metrics = [...new Set(runs.flatMap((run) => run.metrics.map((metric) => `metrics.${metric.name}`)))].sort();
  const all = [...params, ...metrics];
  const [goal, setGoal] = useState(metrics.find((name) => name.includes("loss")) ?? metrics[0]);
  const [across, setAcross] = useState(params[0] ?? metrics[1] ?? metrics[0]);
  if (!goal || !across) return null;
  const options = (names: readonly string[]) => names.map((name) => [name, name] as const);
  return (
    <div className="grid gap-4 xl:grid-cols-2">
      <Card title={t("compare.scatter")}>
        <div className="mb-3 grid gap-3 sm:grid-cols-2">
          <Select label={t("compare.across")} value={across} options={options(all)} onChange={setAcross} />
          <Select label={t("compare.upwards")} value={goal} options={options(metrics)} onChange={setGoal} />
        </div>
        <ScatterPlot
          x={across}
          y={goal}
          points={runs.map((run, index) => ({
            key: run.id,
            label: run.name,
            colour: index,
            x: quantity(run, across),
            y: quantity(run, goal),
          }))}
        />
      </Card>
      <Card title={t("study.coordinates")}>
        <ParallelCoordinates
          label={t("study.coordinates")}
          axes={[...params, goal]}
          rows={runs.map((run) => ({
            key: run.id,
            label: run.name,
            values: Object.fromEntries([...params, goal].map((name) => [name, quantity(run, name)])),
          }))}
          goal={goal}
          mode={goal.includes("loss") || goal.includes("error") ? "min" : "max"}
        />
      </Card>
    </div>
  );
}
