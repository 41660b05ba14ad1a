import type { RunDetail } from "@/lib/api/types";

/** One parameter across runs. */
export interface ConfigurationRow {
  name: string;
  /** In the order of the runs; undefined where a run does not have it. */
  values: unknown[];
  same: boolean;
}

/** Every parameter that any of the runs has, by name. */
export function configuration(runs: readonly Pick<RunDetail, "params">[]): ConfigurationRow[] {
  const names = [...new Set(runs.flatMap((run) => Object.keys(run.params)))].sort((a, b) => a.localeCompare(b, "en"));
  return names.map((name) => {
    const values = runs.map((run) => run.params[name]);
    const [first] = values.map((value) => JSON.stringify(value));
    return { name, values, same: values.every((value) => JSON.stringify(value) === first) };
  });
}
