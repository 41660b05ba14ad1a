import { Card } from "@/components/ui/card";
import { Checkbox } from "@/components/ui/checkbox";
import { ComparedValues } from "@/features/experiments/components/compared-values";
import type { RunsComparison } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

interface RunDifferencesProps {
  comparison: RunsComparison;
  hideIdentical: boolean;
  onHideIdentical: (hide: boolean) => void;
}

/** What runs were given, what came out, and where they ran, beside each other. */
export function RunDifferences({ comparison, hideIdentical, onHideIdentical }: RunDifferencesProps) {
  const { t } = useI18n();
  const { runs, params, metrics, summary, tags, environment, packages } = comparison;
  const last = metrics.map((metric) => ({ ...metric, values: metric.values.map((cell) => cell?.value) }));
  const parts = [
    [t("run.params"), params],
    [t("place.metrics"), last],
    [t("run.summary"), summary],
    [t("run.tags"), tags],
    [t("compare.environment"), environment],
    [t("compare.packages"), packages],
  ] as const;
  return (
    <div className="space-y-4">
      <Checkbox label={t("compare.hideSame")} checked={hideIdentical} onChange={onHideIdentical} />
      {parts.map(([label, rows]) => (
        <Card key={label} title={label}>
          <ComparedValues label={label} runs={runs} rows={rows} hideIdentical={hideIdentical} />
        </Card>
      ))}
    </div>
  );
}
