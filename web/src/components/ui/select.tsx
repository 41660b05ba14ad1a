import { useId } from "react";

import { cn } from "@/lib/class-names";

import { controlClasses } from "./field";

interface SelectProps<T extends string> {
  label: string;
  value: T;
  /** Value, then what is shown. */
  options: readonly (readonly [T, string])[];
  onChange: (value: T) => void;
  className?: string;
}

/** A labelled choice of one, by the browser's own control. */
export function Select<T extends string>({ label, value, options, onChange, className }: SelectProps<T>) {
  const id = useId();
  return (
    <div className={cn("min-w-0 space-y-1", className)}>
      <label htmlFor={id} className="block text-sm font-medium">
        {label}
      </label>
      <select
        id={id}
        value={value}
        onChange={({ target }) => {
          const chosen = options.find(([each]) => each === target.value);
          if (chosen) onChange(chosen[0]);
        }}
        className={cn(controlClasses, "h-9 pr-8")}
      >
        {options.map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
