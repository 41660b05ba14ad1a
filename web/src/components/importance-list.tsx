import { useI18n } from "@/lib/i18n/i18n-context";

interface ImportanceListProps {
  params: readonly { name: string; importance: number; correlation: number | null }[];
}

/** How much of a metric's variance each parameter explains, the most important first. */
export function ImportanceList({ params }: ImportanceListProps) {
  const { t, format } = useI18n();
  return (
    <ul className="space-y-2">
      {params.map(({ name, importance, correlation }) => (
        <li key={name} data-importance={name} className="space-y-1">
          <span className="flex items-baseline justify-between gap-4 text-xs">
            <span className="min-w-0 font-mono wrap-anywhere">{name}</span>
            <span className="tabular">
              {format.percent(importance)}
              {correlation !== null && (
                <span className="text-muted-foreground">
                  {" · "}
                  {t("study.correlation", { value: format.value(Number(correlation.toFixed(2))) })}
                </span>
              )}
            </span>
          </span>
          <span aria-hidden className="block h-1.5 rounded-full bg-muted">
            <span className="block h-full rounded-full bg-primary" style={{ width: `${importance * 100}%` }} />
          </span>
        </li>
      ))}
    </ul>
  );
}
