import { TIME_SPANS, type TimeSpan } from "@/lib/time-span";
import { useI18n } from "@/lib/i18n/i18n-context";

import { Select } from "./ui/select";

interface TimeSpanSelectProps {
  value: TimeSpan;
  onChange: (span: TimeSpan) => void;
}

/** How far back the charts of a section reach. */
export function TimeSpanSelect({ value, onChange }: TimeSpanSelectProps) {
  const { t, term } = useI18n();
  return (
    <Select
      label={t("span.title")}
      value={value}
      options={(Object.keys(TIME_SPANS) as TimeSpan[]).map((span) => [span, term("span", span)])}
      onChange={onChange}
      className="flex items-center gap-2 space-y-0 whitespace-nowrap"
    />
  );
}
