import { useQuery } from "@tanstack/react-query";

import { Curves } from "@/components/curve";
import { QueryView } from "@/components/query-view";
import { TimeSpanSelect } from "@/components/time-span-select";
import { Card } from "@/components/ui/card";
import { utilizationQuery } from "@/features/scheduling/queries";
import type { PoolUtilization } from "@/lib/api/types";
import { OVER_TIME } from "@/lib/chart-view";
import { useI18n } from "@/lib/i18n/i18n-context";
import type { Line } from "@/lib/lines";
import { type TimeSpan, timed } from "@/lib/time-span";

/** Resource → what it is counted in: bytes are shown as gigabytes. */
const UNITS = { gpu: 1, cpu: 1, memory: 1e9 } as const;

interface UtilizationCardProps {
  organization: string;
  span: TimeSpan;
  onSpan: (span: TimeSpan) => void;
}

/** What of each pool the organization's workloads held, over time. */
export function UtilizationCard({ organization, span, onSpan }: UtilizationCardProps) {
  const { t } = useI18n();
  const query = useQuery(utilizationQuery(organization, span));
  return (
    <Card title={t("utilization.title")} aside={<TimeSpanSelect value={span} onChange={onSpan} />}>
      <QueryView query={query} waiting="h-60">
        {(pools) =>
          pools.length === 0 ? (
            <p className="text-muted-foreground">{t("utilization.none")}</p>
          ) : (
            <div className="space-y-4">
              {pools.map((pool) => (
                <PoolCharts key={pool.pool} pool={pool} named={pools.length > 1} />
              ))}
              <p className="text-xs text-muted-foreground">{t("utilization.note")}</p>
            </div>
          )
        }
      </QueryView>
    </Card>
  );
}

function PoolCharts({ pool, named }: { pool: PoolUtilization; named: boolean }) {
  const { term } = useI18n();
  const there = (["gpu", "cpu", "memory"] as const).filter((name) => pool[name].capacity.some((each) => each > 0));
  return (
    <section data-pool={pool.pool}>
      {named && <h3 className="mb-2 text-xs font-semibold">{pool.pool}</h3>}
      <div className="grid gap-4 md:grid-cols-2">
        {there.map((name) => (
          <ResourceChart key={name} pool={pool} resource={name} title={term("utilization", name)} />
        ))}
      </div>
    </section>
  );
}

interface ResourceChartProps {
  pool: PoolUtilization;
  resource: keyof typeof UNITS;
  title: string;
}

function ResourceChart({ pool, resource, title }: ResourceChartProps) {
  const { t } = useI18n();
  const { capacity, own, everybody } = pool[resource];
  const line = (key: string, label: string, colour: number, values: readonly number[]): Line => ({
    key,
    label,
    colour,
    gaps: true,
    series: timed(
      label,
      pool.times,
      pool.step,
      values.map((value) => value / UNITS[resource]),
    ),
  });
  return (
    <Curves
      title={title}
      view={OVER_TIME}
      lines={[
        line("own", t("utilization.own"), 0, own),
        ...(everybody ? [line("everybody", t("utilization.everybody"), 1, everybody)] : []),
        line("capacity", t("utilization.capacity"), 7, capacity),
      ]}
    />
  );
}
