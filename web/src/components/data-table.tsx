import { ArrowDown, ArrowUp, ArrowUpDown } from "lucide-react";
import type { ReactNode } from "react";

import { cn } from "@/lib/class-names";
import { useI18n } from "@/lib/i18n/i18n-context";

import { Checkbox } from "./ui/checkbox";

export interface Column<T> {
  key: string;
  header: string;
  cell: (row: T) => ReactNode;
  /** The narrowest screen that shows it; the first column is always shown. */
  from?: "sm" | "md" | "lg";
  align?: "right";
  /** What the platform calls the order by this column, where it has one. */
  sort?: string;
}

/** How the rows are sorted: by a column's `sort`, with a minus where the order is turned around. */
export interface Sorting {
  by: string;
  onChange: (by: string) => void;
}

/** Which rows are chosen, by their keys. */
export interface Selection<T> {
  chosen: ReadonlySet<string>;
  onChange: (chosen: ReadonlySet<string>) => void;
  /** What a row is called. */
  name: (row: T) => string;
}

interface DataTableProps<T> {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
  selection?: Selection<T> | undefined;
  sorting?: Sorting | undefined;
}

const FROM = { sm: "hidden sm:table-cell", md: "hidden md:table-cell", lg: "hidden lg:table-cell" };

export function DataTable<T>({ label, columns, rows, rowKey, selection, sorting }: DataTableProps<T>) {
  return (
    <table aria-label={label} className="w-full text-left">
      <thead>
        <tr className="border-b border-border">
          {selection && (
            <th scope="col" className="w-8">
              <ChooseAll keys={rows.map(rowKey)} selection={selection} />
            </th>
          )}
          {columns.map((column) => (
            <th
              key={column.key}
              scope="col"
              aria-sort={sorting && column.sort ? sortedBy(column.sort, sorting.by) : undefined}
              className={cn("text-xs font-medium text-muted-foreground", place(column))}
            >
              {sorting && column.sort ? <SortButton column={column} sorting={sorting} /> : column.header}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)} className="border-b border-border last:border-0 hover:bg-muted/50">
            {selection && (
              <td className="w-8">
                <Choose name={selection.name(row)} row={rowKey(row)} selection={selection} />
              </td>
            )}
            {columns.map((column) => (
              <td key={column.key} className={place(column)}>
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function SortButton<T>({ column, sorting }: { column: Column<T>; sorting: Sorting }) {
  const { sort = "", header } = column;
  const sorted = sortedBy(sort, sorting.by);
  const Icon = sorted === "ascending" ? ArrowUp : sorted === "descending" ? ArrowDown : ArrowUpDown;
  return (
    <button
      type="button"
      className={cn("inline-flex items-center gap-1 hover:text-foreground", sorted !== "none" && "text-foreground")}
      onClick={() => sorting.onChange(sorted === "ascending" ? `-${sort}` : sort)}
    >
      {header}
      <Icon aria-hidden className="size-3.5 shrink-0" />
    </button>
  );
}

function sortedBy(sort: string, by: string): "ascending" | "descending" | "none" {
  if (by === sort) return "ascending";
  return by === `-${sort}` ? "descending" : "none";
}

function ChooseAll<T>({ keys, selection }: { keys: readonly string[]; selection: Selection<T> }) {
  const { t } = useI18n();
  const { chosen, onChange } = selection;
  const shown = keys.filter((key) => chosen.has(key)).length;
  return (
    <Checkbox
      quiet
      label={t("table.chooseAll")}
      checked={shown === 0 ? false : shown === keys.length ? true : "some"}
      onChange={(all) => onChange(new Set(all ? keys : []))}
    />
  );
}

function Choose<T>({ name, row, selection }: { name: string; row: string; selection: Selection<T> }) {
  const { t } = useI18n();
  const { chosen, onChange } = selection;
  return (
    <Checkbox
      quiet
      label={t("table.choose", { name })}
      checked={chosen.has(row)}
      onChange={(is) => {
        const next = new Set(chosen);
        if (is) next.add(row);
        else next.delete(row);
        onChange(next);
      }}
    />
  );
}

function place<T>(column: Column<T>): string {
  return cn(
    // Chinese words stay whole.
    "py-2.5 pr-2 align-middle break-keep last:pr-0 sm:pr-4",
    column.from && FROM[column.from],
    column.align === "right" && "text-right",
  );
}
