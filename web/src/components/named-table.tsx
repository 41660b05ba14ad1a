import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import type { Page } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";
import { type NameSearch, readNameSearch } from "@/lib/name-search";

import type { Column } from "./data-table";
import { NoMatch } from "./no-match";
import { PagedTable } from "./paged-table";
import { SearchField } from "./search-field";

interface NamedTableProps<T> {
  label: string;
  query: UseInfiniteQueryResult<InfiniteData<Page<T>>>;
  columns: readonly Column<T>[];
  search: NameSearch;
  onSearch: (search: NameSearch) => void;
  /** Where there is nothing at all. */
  empty: ReactNode;
}

/** A list that the address narrows by a part of a name. */
export function NamedTable<T extends { id: string }>(props: NamedTableProps<T>) {
  const { label, query, columns, search, onSearch, empty } = props;
  const { t } = useI18n();
  return (
    <div className="space-y-3 py-2">
      <SearchField
        label={t("table.searchName")}
        value={search.name ?? ""}
        onChange={(name) => onSearch(readNameSearch({ name }))}
        className="w-full sm:w-64"
      />
      <PagedTable label={label} query={query} columns={columns} empty={search.name ? <NoMatch /> : empty} />
    </div>
  );
}
