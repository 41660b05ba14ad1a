import { useI18n } from "@/lib/i18n/i18n-context";
import { readNameSearch } from "@/lib/name-search";
import { type RowsSearch, type SortValues, shownRows } from "@/lib/rows-search";

import { type Column, DataTable } from "./data-table";
import { NoMatch } from "./no-match";
import { SearchField } from "./search-field";

interface WholeTableProps<T> {
  label: string;
  /** A column's `sort` is a key of `values`. */
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
  /** In which the search looks. */
  words: (row: T) => string;
  values: SortValues<T>;
  search: RowsSearch;
  onSearch: (search: RowsSearch) => void;
}

/** A list that the page holds as a whole, narrowed and sorted by the address. */
export function WholeTable<T>({ words, values, search, onSearch, rows, ...table }: WholeTableProps<T>) {
  const { t } = useI18n();
  const { name, sort } = search;
  const shown = shownRows(rows, search, words, values);
  return (
    <div className="space-y-3 py-2">
      <SearchField
        label={t("table.searchName")}
        value={name ?? ""}
        onChange={(typed) => onSearch({ ...readNameSearch({ name: typed }), ...(sort && { sort }) })}
        className="w-full sm:w-64"
      />
      {name && shown.length === 0 ? (
        <NoMatch />
      ) : (
        <DataTable
          {...table}
          rows={shown}
          sorting={{ by: sort ?? "", onChange: (by) => onSearch({ ...(name && { name }), sort: by }) }}
        />
      )}
    </div>
  );
}
