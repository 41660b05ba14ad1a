import type { Study, Trial } from "@/lib/api/types";
import type { Series } from "@/lib/series";

/** The value of each trial over its number, and the best of those so far. Times are in seconds since the epoch. */
export function progress(study: Pick<Study, "metric" | "mode">, trials: readonly Trial[]): [Series, Series] {
  const valued = trials
    .flatMap((trial) => (trial.value == null ? [] : [{ ...trial, value: trial.value }]))
    .sort((a, b) => a.number - b.number);
  const better = study.mode === "min" ? Math.min : Math.max;
  const best: number[] = [];
  for (const { value } of valued) best.push(better(best.at(-1) ?? value, value));
  const steps = valued.map((trial) => trial.number);
  const times = valued.map((trial) => Date.parse(trial.ended_at ?? trial.created_at) / 1000);
  return [
    { name: study.metric, steps, times, values: valued.map((trial) => trial.value) },
    { name: study.metric, steps, times, values: best },
  ];
}
