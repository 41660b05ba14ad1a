import { useQuery } from "@tanstack/react-query";

import { Curves } from "@/components/curve";
import { QueryView } from "@/components/query-view";
import { TimeSpanSelect } from "@/components/time-span-select";
import { Card } from "@/components/ui/card";
import { serviceMetricsQuery } from "@/features/inference/queries";
import type { ServiceMetrics } from "@/lib/api/types";
import { OVER_TIME } from "@/lib/chart-view";
import { useI18n } from "@/lib/i18n/i18n-context";
import { type TimeSpan, timed } from "@/lib/time-span";

interface ServiceFiguresProps {
  serviceId: string;
  span: TimeSpan;
  onSpan: (span: TimeSpan) => void;
}

/** How a service answers, live: requests, latency, tokens, errors and replicas. */
export function ServiceFigures({ serviceId, span, onSpan }: ServiceFiguresProps) {
  const { t } = useI18n();
  const query = useQuery(serviceMetricsQuery(serviceId, span));
  return (
    <Card title={t("services.figures")} aside={<TimeSpanSelect value={span} onChange={onSpan} />}>
      <QueryView query={query} waiting="h-60">
        {(metrics) => (
          <div className="space-y-4">
            <Totals metrics={metrics} />
            {metrics.total.requests === 0 && <p className="text-muted-foreground">{t("figures.none")}</p>}
            <Charts metrics={metrics} />
          </div>
        )}
      </QueryView>
    </Card>
  );
}

function Totals({ metrics: { total } }: { metrics: ServiceMetrics }) {
  const { t, format } = useI18n();
  const seconds = (value: number | null) =>
    value === null ? "–" : t("figures.seconds", { value: format.value(Number(value.toPrecision(3))) });
  const share = total.requests === 0 ? 0 : (total.failed + total.refused) / total.requests;
  const figures = [
    ["requests", t("usage.requests"), format.count(total.requests)],
    ["errors", t("figures.errors"), format.percent(share)],
    ["p50", t("figures.p50"), seconds(total.p50)],
    ["p99", t("figures.p99"), seconds(total.p99)],
    ["tokens", t("usage.tokens"), format.count(total.prompt_tokens + total.completion_tokens)],
  ] as const;
  return (
    <dl className="grid grid-cols-2 gap-3 sm:grid-cols-5">
      {figures.map(([key, name, value]) => (
        <div key={key} className="flex flex-col-reverse justify-end">
          <dt className="text-xs text-muted-foreground">{name}</dt>
          <dd data-figure={key} className="tabular text-lg font-semibold">
            {value}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Charts({ metrics }: { metrics: ServiceMetrics }) {
  const { t } = useI18n();
  const { times, step } = metrics;
  const line = (key: string, label: string, colour: number, values: readonly (number | null)[]) => ({
    key,
    label,
    colour,
    gaps: true,
    series: timed(label, times, step, values),
  });
  const answered = metrics.requests.map(
    (all, index) =>
      all - (metrics.failed[index] ?? 0) - (metrics.refused[index] ?? 0) - (metrics.abandoned[index] ?? 0),
  );
  // Where few requests come, what was measured are single points: a line leads from one to the next.
  const quantiles = ({ p50, p95, p99 }: ServiceMetrics["latency"]) => {
    const there = times.filter((_, index) => p50[index] !== null);
    const measured = (name: string, colour: number, values: readonly (number | null)[]) => ({
      key: name,
      label: name,
      colour,
      gaps: true,
      series: timed(
        name,
        there,
        Infinity,
        values.filter((value) => value !== null),
      ),
    });
    return [measured("p50", 0, p50), measured("p95", 1, p95), measured("p99", 2, p99)];
  };
  const charts = [
    [
      t("figures.rate"),
      [
        line("answered", t("figures.answered"), 0, answered),
        line("failed", t("figures.failed"), 3, metrics.failed),
        line("refused", t("figures.refused"), 4, metrics.refused),
        line("abandoned", t("figures.abandoned"), 7, metrics.abandoned),
      ],
    ],
    [t("figures.latency"), quantiles(metrics.latency)],
    [t("figures.firstToken"), quantiles(metrics.first_token)],
    [
      t("figures.tokenRate"),
      [
        line("in", t("figures.tokensIn"), 1, metrics.prompt_tokens),
        line("out", t("figures.tokensOut"), 0, metrics.completion_tokens),
      ],
    ],
    [t("figures.replicas"), [line("replicas", t("figures.replicas"), 0, metrics.replicas)]],
  ] as const;
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      {charts.map(([title, lines]) => (
        <Curves key={title} title={title} lines={lines} view={OVER_TIME} />
      ))}
    </div>
  );
}
