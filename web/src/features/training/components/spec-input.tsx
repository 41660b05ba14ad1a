import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { SpecField } from "@/features/training/spec-fields";
import { useI18n } from "@/lib/i18n/i18n-context";

interface SpecInputProps {
  field: SpecField;
  /** Empty where it is left to the platform's default. */
  value: string;
  error?: string | undefined;
  onChange: (value: string) => void;
}

/** One knob: its name as the spec has it, what it may be, and what it is where nobody says. */
export function SpecInput({ field, value, error, onChange }: SpecInputProps) {
  const { t, term, format } = useI18n();
  const label = term("spec", field.path.split(".").at(-1) ?? field.path);
  const first = field.default;
  if (field.kind === "choice" || field.kind === "boolean") {
    const options = field.kind === "boolean" ? ["true", "false"] : field.options;
    const shown = (option: string) => (field.kind === "boolean" ? term("boolean", option) : option);
    return (
      <Select
        label={label}
        value={value === "" ? String(first ?? "") : value}
        options={options.map((option) => [option, shown(option)])}
        onChange={onChange}
      />
    );
  }
  const numeric = field.kind !== "text";
  return (
    <Field
      label={label}
      name={field.path}
      type={numeric ? "number" : "text"}
      step={field.kind === "integer" ? 1 : "any"}
      min={field.minimum}
      max={field.maximum}
      maxLength={field.longest}
      required={field.required}
      spellCheck={false}
      value={value}
      placeholder={typeof first === "number" ? format.value(first) : typeof first === "string" ? first : undefined}
      hint={numeric ? range(field, t, format.value) : undefined}
      error={error}
      onChange={({ target }) => onChange(target.value)}
    />
  );
}

function range(
  { minimum, maximum }: SpecField,
  t: ReturnType<typeof useI18n>["t"],
  shown: (value: number) => string,
): string | undefined {
  if (minimum !== undefined && maximum !== undefined) {
    return t("newJob.between", { from: shown(minimum), to: shown(maximum) });
  }
  return minimum === undefined ? undefined : t("newJob.from", { from: shown(minimum) });
}
