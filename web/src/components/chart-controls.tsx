import { useId } from "react";

import { AXES, type ChartView, MOST_SMOOTHING } from "@/lib/chart-view";
import { useI18n } from "@/lib/i18n/i18n-context";

import { Checkbox } from "./ui/checkbox";
import { Select } from "./ui/select";

interface ChartControlsProps {
  view: ChartView;
  onChange: (view: ChartView) => void;
}

/** How the charts of a page are drawn. */
export function ChartControls({ view, onChange }: ChartControlsProps) {
  const { t, term, format } = useI18n();
  const id = useId();
  return (
    <div role="group" aria-label={t("chart.controls")} className="flex flex-wrap items-end gap-x-6 gap-y-3">
      <Select
        label={t("chart.axis")}
        value={view.axis}
        options={AXES.map((axis) => [axis, term("axis", axis)])}
        onChange={(axis) => onChange({ ...view, axis })}
      />
      <div className="space-y-1">
        <label htmlFor={id} className="block text-sm font-medium">
          {t("chart.smoothing")} <span className="tabular text-muted-foreground">{format.value(view.smoothing)}</span>
        </label>
        <input
          id={id}
          type="range"
          min={0}
          max={MOST_SMOOTHING}
          step={0.01}
          value={view.smoothing}
          onChange={({ target }) => onChange({ ...view, smoothing: target.valueAsNumber })}
          className="h-9 w-40 accent-primary"
        />
      </div>
      <Checkbox label={t("chart.logX")} checked={view.logX} onChange={(logX) => onChange({ ...view, logX })} />
      <Checkbox label={t("chart.logY")} checked={view.logY} onChange={(logY) => onChange({ ...view, logY })} />
    </div>
  );
}
