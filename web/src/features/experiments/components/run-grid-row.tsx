import { memo } from "react";

import { Checkbox } from "@/components/ui/checkbox";
import type { RunRow } from "@/lib/api/types";
import { cn } from "@/lib/class-names";
import { useI18n } from "@/lib/i18n/i18n-context";

export const ROW_PX = 41;

export interface RunCell {
  key: string;
  header: string;
  /** What it is sorted by; undefined where it is not. */
  sort?: string;
  /** As CSS has it. */
  width: string;
  right?: boolean;
  show: (run: RunRow) => React.ReactNode;
}

interface RowProps {
  run: RunRow;
  index: number;
  /** Pixels from the top. */
  start: number;
  cells: readonly RunCell[];
  template: string;
  chosen: boolean;
  onChoose: (id: string, is: boolean) => void;
}

/** Rendered again only where something of it has changed, not with every turn of the wheel. */
export const Row = memo(function Row({ run, index, start, cells, template, chosen, onChoose }: RowProps) {
  const { t } = useI18n();
  return (
    <div
      role="row"
      aria-rowindex={index + 1}
      data-run={run.id}
      className="absolute inset-x-0 grid items-center border-b border-border hover:bg-muted/50"
      style={{ gridTemplateColumns: template, height: ROW_PX, transform: `translateY(${start}px)` }}
    >
      <span role="cell">
        <Checkbox
          quiet
          label={t("table.choose", { name: run.name })}
          checked={chosen}
          onChange={(is) => onChoose(run.id, is)}
        />
      </span>
      {cells.map((cell) => (
        <span key={cell.key} role="cell" className={cn("tabular min-w-0 truncate pr-4", cell.right && "text-right")}>
          {cell.show(run)}
        </span>
      ))}
    </div>
  );
});
