import { Field } from "./ui/field";

interface DayFieldProps {
  label: string;
  /** `2026-01-31`; empty: none. */
  value: string | undefined;
  onChange: (value: string) => void;
}

/** A day, by the browser's own control. */
export function DayField({ label, value = "", onChange }: DayFieldProps) {
  return (
    <div className="w-36">
      <Field label={label} type="date" value={value} onChange={({ target }) => onChange(target.value)} />
    </div>
  );
}
