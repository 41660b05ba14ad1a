import { type ComponentProps, useId } from "react";

import { cn } from "@/lib/class-names";

export const controlClasses =
  "border-input bg-card placeholder:text-muted-foreground aria-invalid:border-danger w-full rounded-lg border px-3 text-sm disabled:opacity-50";

interface FieldProps extends ComponentProps<"input"> {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
}

/** A labelled input that says what is wrong with it. */
export function Field({ label, hint, error, className, ...props }: FieldProps) {
  const id = useId();
  const told = error ?? hint;
  return (
    <div className="space-y-1">
      <label htmlFor={id} className="block text-sm font-medium">
        {label}
      </label>
      <input
        id={id}
        className={cn(controlClasses, "h-9", className)}
        aria-invalid={error !== undefined}
        aria-describedby={told ? `${id}-told` : undefined}
        {...props}
      />
      {told && (
        <p id={`${id}-told`} className={cn("text-xs", error ? "text-danger" : "text-muted-foreground")}>
          {told}
        </p>
      )}
    </div>
  );
}
