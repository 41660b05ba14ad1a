import { cn } from "@/lib/class-names";

interface FilterChipsProps<T extends string> {
  label: string;
  /** Value, then what is shown. */
  options: readonly (readonly [T, string])[];
  chosen: readonly T[];
  onChange: (chosen: T[]) => void;
}

/** Any of a few words that narrow a list; none chosen is all. */
export function FilterChips<T extends string>({ label, options, chosen, onChange }: FilterChipsProps<T>) {
  return (
    <div role="group" aria-label={label} className="flex flex-wrap gap-2">
      {options.map(([value, text]) => {
        const is = chosen.includes(value);
        return (
          <button
            key={value}
            type="button"
            aria-pressed={is}
            onClick={() => onChange(is ? chosen.filter((each) => each !== value) : [...chosen, value])}
            className={cn(
              "h-8 rounded-full border px-3 text-xs font-medium transition-colors",
              is ? "border-primary bg-accent text-accent-foreground" : "border-input hover:bg-muted",
            )}
          >
            {text}
          </button>
        );
      })}
    </div>
  );
}
