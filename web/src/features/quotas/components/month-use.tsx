import { useQuery } from "@tanstack/react-query";

import { QueryView } from "@/components/query-view";
import { usageQuery } from "@/features/quotas/queries";
import type { Usage } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

const HOUR = 3600;

/** What the project has used since the first of the month (UTC). */
export function MonthUse({ organization, projectId }: { organization: string; projectId: string }) {
  const { t, format } = useI18n();
  const first = `${new Date().toISOString().slice(0, 7)}-01`;
  const query = useQuery(usageQuery(organization, "project", { from: first }, projectId));
  return (
    <>
      <QueryView query={query}>
        {(lines) => {
          const sum = (of: (line: Usage) => number) => format.count(lines.reduce((all, line) => all + of(line), 0));
          const figures = [
            [t("usage.gpuHours"), sum(({ gpu_seconds }) => gpu_seconds / HOUR)],
            [t("usage.cpuHours"), sum(({ cpu_seconds }) => cpu_seconds / HOUR)],
            [t("usage.requests"), sum(({ requests }) => requests)],
            [t("usage.tokens"), sum(({ prompt_tokens, completion_tokens }) => prompt_tokens + completion_tokens)],
          ] as const;
          return (
            <dl className="grid grid-cols-2 gap-3">
              {figures.map(([name, value]) => (
                <div key={name} className="flex flex-col-reverse">
                  <dt className="text-xs text-muted-foreground">{name}</dt>
                  <dd className="text-lg font-semibold">{value}</dd>
                </div>
              ))}
            </dl>
          );
        }}
      </QueryView>
      <p className="mt-3 text-xs text-muted-foreground">{t("month.note")}</p>
    </>
  );
}
