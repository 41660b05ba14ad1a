import type { ReactNode } from "react";

import { cn } from "@/lib/class-names";

export interface Column<T> {
  key: string;
  header: string;
  cell: (row: T) => ReactNode;
  /** The narrowest screen that shows it; the first column is always shown. */
  from?: "sm" | "md" | "lg";
  align?: "right";
}

interface DataTableProps<T> {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
}

const FROM = { sm: "hidden sm:table-cell", md: "hidden md:table-cell", lg: "hidden lg:table-cell" };

export function DataTable<T>({ label, columns, rows, rowKey }: DataTableProps<T>) {
  return (
    <table aria-label={label} className="w-full text-left">
      <thead>
        <tr className="border-b border-border">
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

function place<T>(column: Column<T>): string {
  return cn(
    "py-2.5 pr-4 align-middle last:pr-0",
    column.from && FROM[column.from],
    column.align === "right" && "text-right",
  );
}
