import { useI18n } from "@/lib/i18n/i18n-context";
import { type Line, lineColour } from "@/lib/lines";

interface CurveLegendProps {
  lines: readonly Line[];
  /** Of each line, where the pointer is or at its end. */
  values: readonly (number | null | undefined)[];
}

/** Which curve is whose. */
export function CurveLegend({ lines, values }: CurveLegendProps) {
  const { format } = useI18n();
  return (
    <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-xs">
      {lines.map((line, index) => {
        const value = values[index];
        return (
          <li key={line.key} className="flex min-w-0 items-center gap-1.5">
            <span
              aria-hidden
              className="h-0.5 w-3 shrink-0 rounded-full"
              style={{ background: `var(${lineColour(line.colour)})` }}
            />
            <span className="min-w-0 wrap-anywhere">{line.label}</span>
            {value != null && <span className="tabular text-muted-foreground">{format.value(value)}</span>}
          </li>
        );
      })}
    </ul>
  );
}
