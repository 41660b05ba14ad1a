import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { type Dispatch, type SetStateAction, useCallback, useEffect, useMemo, useRef } from "react";

import { Ago } from "@/components/ago";
import { StatusBadge } from "@/components/status-badge";
import { textLinkClasses } from "@/components/text-link";
import { Checkbox } from "@/components/ui/checkbox";
import { type RunColumn, columnText, nextSort } from "@/features/experiments/column-text";
import { RunDuration } from "@/features/experiments/components/run-duration";
import { ROW_PX, Row, type RunCell } from "@/features/experiments/components/run-grid-row";
import { valueText } from "@/features/experiments/value-text";
import type { RunRow } from "@/lib/api/types";
import { cn } from "@/lib/class-names";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";

const NEAR_END = 40;
/** Of the window's height. */
const HIGHEST = 0.7;

interface RunGridProps {
  project: string;
  rows: readonly RunRow[];
  /** How many there are, loaded or not. */
  total: number | undefined;
  columns: readonly RunColumn[];
  sort: string;
  onSort: (sort: string) => void;
  chosen: ReadonlySet<string>;
  onChoose: Dispatch<SetStateAction<ReadonlySet<string>>>;
  /** Asks for what comes after `rows`. */
  onEnd: () => void;
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
    // The rows are there before the place is measured, or they all would be rendered in one go when it is.
    initialRect: { width: window.innerWidth, height: window.innerHeight * HIGHEST },
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= rows.length - NEAR_END) onEnd();
  }, [last, rows.length, onEnd]);

  const cells = useMemo(() => cellsOf(project, columns, i18n), [project, columns, i18n]);
  const template = ["2.5rem", ...cells.map((cell) => cell.width)].join(" ");
  const choose = useCallback((id: string, is: boolean) => onChoose((held) => changed(held, id, is)), [onChoose]);
  const some = rows.some((run) => chosen.has(run.id));
  return (
    <div
      ref={place}
      // It scrolls, so the keyboard must reach it.
      tabIndex={0}
      role="table"
      aria-label={t("runs.title")}
      aria-rowcount={total ?? -1}
      style={{ maxHeight: `${HIGHEST * 100}vh` }}
      className="min-h-40 overflow-auto focus-visible:-outline-offset-2"
    >
      <div className="w-max min-w-full">
        <div role="rowgroup" className="sticky top-0 z-10 border-b border-border bg-card">
          <div role="row" className="grid items-center" style={{ gridTemplateColumns: template }}>
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
              <Row
                key={run.id}
                run={run}
                index={item.index}
                start={item.start}
                cells={cells}
                template={template}
                chosen={chosen.has(run.id)}
                onChoose={choose}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Header({ cell, sort, onSort }: { cell: RunCell; sort: string; onSort: (sort: string) => void }) {
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

function cellsOf(project: string, columns: readonly RunColumn[], { t, term, format }: I18n): RunCell[] {
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
    ...columns.map((column): RunCell => ({
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
  if (place !== "metrics") return valueText(run[place][name] ?? undefined, number);
  // What is not finite is sent as a text.
  const value: unknown = run.metrics[name]?.value;
  return valueText(value === undefined ? undefined : Number(value), number);
}
