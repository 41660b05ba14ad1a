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
}

const FROM = { sm: "hidden sm:table-cell", md: "hidden md:table-cell", lg: "hidden lg:table-cell" };

export function DataTable<T>({ label, columns, rows, rowKey, selection }: DataTableProps<T>) {
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
            <th key={column.key} scope="col" className={cn("text-xs font-medium text-muted-foreground", place(column))}>
              {column.header}
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
    "py-2.5 pr-4 align-middle last:pr-0",
    column.from && FROM[column.from],
    column.align === "right" && "text-right",
  );
}
