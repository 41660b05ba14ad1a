import { Filter } from "lucide-react";
import { type SubmitEvent, useId, useState } from "react";

import { Button } from "@/components/ui/button";
import { controlClasses } from "@/components/ui/field";
import { Problem } from "@/lib/api/problem";
import { cn } from "@/lib/class-names";
import { useI18n } from "@/lib/i18n/i18n-context";

interface FilterBoxProps {
  value: string;
  /** Why the platform did not understand `value`. */
  error: Error | null;
  onChange: (value: string) => void;
}

const BEFORE = 24;

/** A filter in the language of the table, with the place at which it could no longer be understood. */
export function FilterBox({ value, error, onChange }: FilterBoxProps) {
  const { t } = useI18n();
  const id = useId();
  const [typed, setTyped] = useState(value);
  const [told, setTold] = useState(value);

  if (told !== value) {
    setTold(value);
    setTyped(value);
  }

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    onChange(typed.trim());
  }

  const refused = error instanceof Problem && error.status === 422 ? error : null;
  return (
    <form onSubmit={submit} className="min-w-0 flex-1 basis-72">
      <div className="flex flex-wrap gap-2 sm:flex-nowrap">
        <div className="relative min-w-0 flex-1 basis-full sm:basis-0">
          <Filter aria-hidden className="absolute top-2.5 left-3 size-4 text-muted-foreground" />
          <input
            aria-label={t("runs.filter")}
            aria-invalid={refused !== null}
            aria-describedby={refused ? id : undefined}
            placeholder='metrics.loss < 0.3 and status = "succeeded"'
            value={typed}
            spellCheck={false}
            autoComplete="off"
            onChange={({ target }) => setTyped(target.value)}
            className={cn(controlClasses, "h-9 pl-9 font-mono text-xs")}
          />
        </div>
        <Button type="submit" variant="outline">
          {t("runs.apply")}
        </Button>
        {value && (
          <Button variant="ghost" onClick={() => onChange("")}>
            {t("runs.clear")}
          </Button>
        )}
      </div>
      {refused && (
        <div id={id} role="alert" className="mt-2 text-xs text-danger">
          {refused.position !== null && <Place text={value} position={refused.position} />}
          <p lang="en" className="wrap-anywhere">
            {refused.message}
          </p>
        </div>
      )}
    </form>
  );
}

/** The text around the place, which is marked. */
function Place({ text, position }: { text: string; position: number }) {
  const from = Math.max(0, position - BEFORE);
  return (
    <p className="font-mono whitespace-pre-wrap" data-position={position}>
      {from > 0 && "…"}
      {text.slice(from, position)}
      <mark className="rounded-sm bg-danger-soft font-semibold text-danger underline">
        {text.slice(position, position + 1) || "␣"}
      </mark>
      {text.slice(position + 1, position + 1 + BEFORE)}
    </p>
  );
}
