import { cn } from "@/lib/class-names";

interface CheckboxProps {
  label: string;
  checked: boolean | "some";
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  /** The label is told to screen readers alone. */
  quiet?: boolean;
}

export function Checkbox({ label, checked, onChange, disabled = false, quiet = false }: CheckboxProps) {
  return (
    <label className={cn("inline-flex items-center gap-2 text-sm", quiet ? "size-6 justify-center" : "min-h-9")}>
      <input
        type="checkbox"
        checked={checked === true}
        disabled={disabled}
        ref={(element) => {
          if (element) element.indeterminate = checked === "some";
        }}
        onChange={({ target }) => onChange(target.checked)}
        className="size-4 shrink-0 accent-primary"
      />
      <span className={quiet ? "sr-only" : undefined}>{label}</span>
    </label>
  );
}
