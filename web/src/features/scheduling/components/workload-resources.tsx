import { type Column, DataTable } from "@/components/data-table";
import { Card } from "@/components/ui/card";
import { type BundleGroup, grouped } from "@/features/scheduling/bundles";
import type { Workload } from "@/lib/api/types";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";

/** The parts of a workload and what each takes from one node. */
export function WorkloadResources({ bundles }: { bundles: Workload["bundles"] }) {
  const i18n = useI18n();
  const { t } = i18n;
  return (
    <Card title={t("work.resources")}>
      <DataTable
        label={t("work.resources")}
        columns={columns(i18n)}
        rows={grouped(bundles)}
        rowKey={(group) => group.key}
      />
      <p className="mt-3 text-xs text-muted-foreground">{t("work.gang")}</p>
    </Card>
  );
}

function columns({ t, format }: I18n): Column<BundleGroup>[] {
  return [
    {
      key: "part",
      header: t("work.part"),
      cell: ({ driver, count }) => (driver ? t("work.driver") : t("work.workers", { count: format.count(count) })),
    },
    { key: "cpu", header: "CPU", align: "right", cell: ({ cpu }) => format.count(cpu) },
    { key: "gpu", header: "GPU", align: "right", cell: ({ gpu }) => (gpu > 0 ? format.count(gpu) : "–") },
    {
      key: "memory",
      header: t("column.memory"),
      align: "right",
      cell: ({ memory }) => (memory > 0 ? format.bytes(memory) : "–"),
    },
  ];
}
