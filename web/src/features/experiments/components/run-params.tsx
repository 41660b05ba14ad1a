import { KeyValues } from "@/components/key-values";
import { Card } from "@/components/ui/card";
import { valueText } from "@/features/experiments/value-text";
import type { RunDetail } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

/** What the run was given, what came out, and its tags. */
export function RunParams({ run }: { run: RunDetail }) {
  const { t, format } = useI18n();
  const groups = [
    [t("run.params"), run.params],
    [t("run.summary"), run.summary],
    [t("run.tags"), run.tags],
  ] as const;
  return (
    <div className="space-y-4">
      {groups.map(([title, values]) => (
        <Card key={title} title={title}>
          {Object.keys(values).length === 0 ? (
            <p className="text-muted-foreground">{t("run.nothing")}</p>
          ) : (
            <KeyValues
              entries={Object.entries(values).map(([name, value]) => [name, valueText(value, format.value)])}
            />
          )}
        </Card>
      ))}
    </div>
  );
}
