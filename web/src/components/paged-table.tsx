import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import type { Page } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

import { type Column, DataTable, type Selection, type Sorting } from "./data-table";
import { ProblemNote } from "./problem-note";
import { Button } from "./ui/button";
import { Skeleton } from "./ui/skeleton";

interface PagedTableProps<T> {
  label: string;
  query: UseInfiniteQueryResult<InfiniteData<Page<T>>>;
  columns: readonly Column<T>[];
  empty: ReactNode;
  selection?: Selection<T> | undefined;
  sorting?: Sorting | undefined;
}

/** A list of the platform, page after page. */
export function PagedTable<T extends { id: string }>(props: PagedTableProps<T>) {
  const { label, query, columns, empty, selection, sorting } = props;
  if (!query.data) {
    if (query.error) return <ProblemNote error={query.error} onRetry={() => void query.refetch()} />;
    return <Skeleton className="h-40" />;
  }
  const rows = query.data.pages.flatMap((page) => page.items);
  if (rows.length === 0) return empty;
  return (
    <>
      <DataTable
        label={label}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        selection={selection}
        sorting={sorting}
      />
      <NextPage query={query} />
    </>
  );
}

/** Reads the next page of a list, where there is one. */
export function NextPage<T>({ query }: { query: UseInfiniteQueryResult<InfiniteData<Page<T>>> }) {
  const { t } = useI18n();
  if (!query.hasNextPage) return null;
  return (
    <div className="mt-4 text-center">
      <Button variant="outline" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {t("action.more")}
      </Button>
    </div>
  );
}
