import type { RunsComparison } from "@/lib/api/types";
import { valueText } from "@/features/experiments/value-text";
import { cn } from "@/lib/class-names";
import { useI18n } from "@/lib/i18n/i18n-context";
import { lineColour } from "@/lib/lines";

interface ComparedValuesProps {
  label: string;
  runs: RunsComparison["runs"];
  rows: RunsComparison["params"];
  hideIdentical: boolean;
}

/** One part of what runs are, such as their parameters, beside each other. */
export function ComparedValues({ label, runs, rows, hideIdentical }: ComparedValuesProps) {
  const { t, format } = useI18n();
  const shown = hideIdentical ? rows.filter((row) => !row.identical) : rows;
  if (shown.length === 0) {
    return <p className="text-muted-foreground">{t(rows.length === 0 ? "run.nothing" : "compare.allSame")}</p>;
  }
  return (
    // It is wider than a phone: it scrolls, so the keyboard must reach it.
    <div className="max-h-[70vh] overflow-auto" tabIndex={0} role="group" aria-label={label}>
      <table aria-label={label} className="w-full text-left">
        <thead className="sticky top-0 bg-card">
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
            <tr key={row.name} data-same={row.identical} className="border-b border-border last:border-0">
              <th scope="row" className="py-1.5 pr-4 font-normal wrap-anywhere text-muted-foreground">
                {row.name}
              </th>
              {row.values.map((value, index) => (
                <td
                  key={runs[index]?.id}
                  className={cn("py-1.5 pr-4 font-mono text-xs wrap-anywhere", !row.identical && "font-semibold")}
                >
                  {valueText(row.missing.includes(index) ? undefined : value, format.value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
