import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { useEffect, useRef } from "react";

import { Ago } from "@/components/ago";
import { StatusBadge } from "@/components/status-badge";
import { textLinkClasses } from "@/components/text-link";
import { Checkbox } from "@/components/ui/checkbox";
import { type RunColumn, columnText, nextSort } from "@/features/experiments/column-text";
import { RunDuration } from "@/features/experiments/components/run-duration";
import type { RunRow } from "@/lib/api/types";
import { cn } from "@/lib/class-names";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";

const ROW_PX = 41;
const NEAR_END = 40;

interface RunGridProps {
  project: string;
  rows: readonly RunRow[];
  /** How many there are, loaded or not. */
  total: number | undefined;
  columns: readonly RunColumn[];
  sort: string;
  onSort: (sort: string) => void;
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
  /** Asks for what comes after `rows`. */
  onEnd: () => void;
}

interface Cell {
  key: string;
  header: string;
  /** What it is sorted by; undefined where it is not. */
  sort?: string;
  /** As CSS has it. */
  width: string;
  right?: boolean;
  show: (run: RunRow) => React.ReactNode;
}

/** Any number of runs: only the rows that one sees are there. */
export function RunGrid(props: RunGridProps) {
  const { project, rows, total, columns, sort, onSort, chosen, onChoose, onEnd } = props;
  const i18n = useI18n();
  const { t } = i18n;
  const place = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => place.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= rows.length - NEAR_END) onEnd();
  }, [last, rows.length, onEnd]);

  const cells = cellsOf(project, columns, i18n);
  const template = { gridTemplateColumns: ["2.5rem", ...cells.map((cell) => cell.width)].join(" ") };
  const some = rows.some((run) => chosen.has(run.id));
  return (
    <div
      ref={place}
      // It scrolls, so the keyboard must reach it.
      tabIndex={0}
      role="table"
      aria-label={t("runs.title")}
      aria-rowcount={total ?? -1}
      className="max-h-[70vh] min-h-40 overflow-auto focus-visible:-outline-offset-2"
    >
      <div className="w-max min-w-full">
        <div role="rowgroup" className="sticky top-0 z-10 border-b border-border bg-card">
          <div role="row" className="grid items-center" style={template}>
            <span role="columnheader">
              <Checkbox
                quiet
                label={t("runs.chooseNone")}
                checked={some ? "some" : false}
                onChange={() => onChoose(new Set())}
              />
            </span>
            {cells.map((cell) => (
              <Header key={cell.key} cell={cell} sort={sort} onSort={onSort} />
            ))}
          </div>
        </div>
        <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
          {shown.map((item) => {
            const run = rows[item.index];
            if (!run) return null;
            return (
              <div
                key={run.id}
                role="row"
                aria-rowindex={item.index + 1}
                data-run={run.id}
                className="absolute inset-x-0 grid items-center border-b border-border hover:bg-muted/50"
                style={{ ...template, height: ROW_PX, transform: `translateY(${item.start}px)` }}
              >
                <span role="cell">
                  <Checkbox
                    quiet
                    label={t("table.choose", { name: run.name })}
                    checked={chosen.has(run.id)}
                    onChange={(is) => onChoose(changed(chosen, run.id, is))}
                  />
                </span>
                {cells.map((cell) => (
                  <span
                    key={cell.key}
                    role="cell"
                    className={cn("tabular min-w-0 truncate pr-4", cell.right && "text-right")}
                  >
                    {cell.show(run)}
                  </span>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Header({ cell, sort, onSort }: { cell: Cell; sort: string; onSort: (sort: string) => void }) {
  const column = cell.sort;
  const way =
    column === undefined ? "none" : sort === column ? "ascending" : sort === `${column} desc` ? "descending" : "none";
  const look = cn("truncate py-2.5 pr-4 text-xs font-medium text-muted-foreground", cell.right && "text-right");
  if (column === undefined) {
    return (
      <span role="columnheader" className={look}>
        {cell.header}
      </span>
    );
  }
  const Arrow = way === "descending" ? ArrowDown : ArrowUp;
  return (
    <span role="columnheader" aria-sort={way} className="min-w-0">
      <button
        type="button"
        title={cell.header}
        onClick={() => onSort(nextSort(sort, column))}
        className={cn(look, "flex w-full items-center gap-1 hover:text-foreground", cell.right && "justify-end")}
      >
        <span className="truncate">{cell.header}</span>
        {way !== "none" && <Arrow aria-hidden className="size-3 shrink-0" />}
      </button>
    </span>
  );
}

function changed(chosen: ReadonlySet<string>, id: string, is: boolean): ReadonlySet<string> {
  const next = new Set(chosen);
  if (is) next.add(id);
  else next.delete(id);
  return next;
}

function cellsOf(project: string, columns: readonly RunColumn[], { t, term, format }: I18n): Cell[] {
  return [
    {
      key: "name",
      header: t("column.name"),
      sort: "name",
      width: "minmax(8rem, 2fr)",
      show: (run) => (
        <Link
          to="/p/$project/experiments/runs/$runId"
          params={{ project, runId: run.id }}
          title={run.name}
          className={textLinkClasses}
        >
          {run.name}
        </Link>
      ),
    },
    {
      key: "status",
      header: t("column.status"),
      sort: "status",
      width: "7rem",
      show: (run) => <StatusBadge status={run.status} />,
    },
    ...columns.map((column): Cell => ({
      key: columnText(column),
      header: column.name,
      sort: columnText(column),
      width: "minmax(7rem, 1fr)",
      right: column.place === "metrics",
      show: (run) => shown(run, column, format.value),
    })),
    { key: "kind", header: t("column.kind"), sort: "kind", width: "8rem", show: (run) => term("kind", run.kind) },
    {
      key: "duration",
      header: t("column.duration"),
      sort: "duration",
      width: "8rem",
      show: (run) => <RunDuration run={run} />,
    },
    {
      key: "created",
      header: t("column.created"),
      sort: "created_at",
      width: "8rem",
      right: true,
      show: (run) => <Ago when={run.created_at} />,
    },
  ];
}

function shown(run: RunRow, { place, name }: RunColumn, number: (value: number) => string): string {
  const value: unknown = place === "metrics" ? run.metrics[name]?.value : run[place][name];
  if (value === undefined || value === null) return "–";
  if (typeof value === "number") return number(value);
  if (place === "metrics") return number(Number(value));
  return typeof value === "string" ? value : JSON.stringify(value);
}
