import { Checkbox } from "@/components/ui/checkbox";
import { configuration } from "@/features/experiments/configuration";
import type { RunDetail } from "@/lib/api/types";
import { cn } from "@/lib/class-names";
import { useI18n } from "@/lib/i18n/i18n-context";
import { lineColour } from "@/lib/lines";

interface ConfigurationDiffProps {
  runs: readonly RunDetail[];
  hideSame: boolean;
  onHideSame: (hide: boolean) => void;
}

/** The parameters of runs beside each other. */
export function ConfigurationDiff({ runs, hideSame, onHideSame }: ConfigurationDiffProps) {
  const { t, format } = useI18n();
  const rows = configuration(runs);
  const shown = hideSame ? rows.filter((row) => !row.same) : rows;
  return (
    <div className="space-y-3">
      <Checkbox label={t("compare.hideSame")} checked={hideSame} onChange={onHideSame} />
      {shown.length === 0 ? (
        <p className="text-muted-foreground">{t(rows.length === 0 ? "run.nothing" : "compare.allSame")}</p>
      ) : (
        // It is wider than a phone: it scrolls, so the keyboard must reach it.
        <div className="overflow-x-auto" tabIndex={0} role="group" aria-label={t("run.params")}>
          <table aria-label={t("run.params")} className="w-full text-left">
            <thead>
              <tr className="border-b border-border">
                <th scope="col" className="min-w-28 py-2 pr-4 text-xs font-medium text-muted-foreground">
                  {t("column.name")}
                </th>
                {runs.map((run, index) => (
                  <th key={run.id} scope="col" className="min-w-28 py-2 pr-4 text-xs font-medium">
                    <span
                      aria-hidden
                      className="mr-1.5 inline-block size-2 rounded-full"
                      style={{ background: `var(${lineColour(index)})` }}
                    />
                    {run.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <tr key={row.name} data-same={row.same} className="border-b border-border last:border-0">
                  <th scope="row" className="py-1.5 pr-4 font-normal wrap-anywhere text-muted-foreground">
                    {row.name}
                  </th>
                  {row.values.map((value, index) => (
                    <td
                      key={runs[index]?.id}
                      className={cn("py-1.5 pr-4 font-mono text-xs wrap-anywhere", !row.same && "font-semibold")}
                    >
                      {text(value, format.value)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}

function text(value: unknown, number: (value: number) => string): string {
  if (value === undefined) return "–";
  if (typeof value === "number") return number(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}
