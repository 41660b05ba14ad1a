import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import type { Page, Workload } from "@/lib/api/types";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";
import { NEWEST, WORK_STATUSES, type WorkSearch, readWorkSearch } from "@/lib/work-search";

import { Ago } from "./ago";
import type { Column, Selection } from "./data-table";
import { Duration } from "./duration";
import { NoMatch } from "./no-match";
import { FilterChips } from "./filter-chips";
import { PagedTable } from "./paged-table";
import { SearchField } from "./search-field";
import { StatusBadge } from "./status-badge";

/** A job, a study or a simulation. */
interface Work {
  id: string;
  created_at: string;
  workload: Workload;
}

interface WorkTableProps<T> {
  label: string;
  query: UseInfiniteQueryResult<InfiniteData<Page<T>>>;
  /** Its own; behind them come the status, the duration and the age. */
  columns: readonly Column<T>[];
  /** What can be done with a row. */
  actions?: Column<T>;
  search: WorkSearch;
  onSearch: (search: WorkSearch) => void;
  /** Where there is nothing at all. */
  empty: ReactNode;
  selection?: Selection<T>;
  /** Between the filter and the rows. */
  children?: ReactNode;
}

/** A list of jobs, studies or simulations, narrowed and sorted by the address. */
export function WorkTable<T extends Work>(props: WorkTableProps<T>) {
  const { label, query, columns, actions, search, onSearch, empty, selection, children } = props;
  const i18n = useI18n();
  const { t, term } = i18n;
  const { name = "", status = [], sort = NEWEST } = search;
  const change = (changed: Readonly<Record<string, unknown>>) => onSearch(readWorkSearch({ ...search, ...changed }));
  return (
    <div className="space-y-3 py-2">
      <div className="flex flex-wrap items-center gap-3">
        <SearchField
          label={t("table.searchName")}
          value={name}
          onChange={(typed) => change({ name: typed })}
          className="w-full sm:w-64"
        />
        <FilterChips
          label={t("column.status")}
          options={WORK_STATUSES.map((each) => [each, term("status", each)])}
          chosen={WORK_STATUSES.filter((each) => status.includes(each))}
          onChange={(chosen) => change({ status: chosen })}
        />
      </div>
      {children}
      <PagedTable
        label={label}
        query={query}
        columns={[...columns, ...workColumns(i18n), ...(actions ? [actions] : [])]}
        selection={selection}
        sorting={{ by: sort, onChange: (by) => change({ sort: by }) }}
        empty={name || status.length > 0 ? <NoMatch /> : empty}
      />
    </div>
  );
}

function workColumns({ t }: I18n): Column<Work>[] {
  return [
    {
      key: "status",
      header: t("column.status"),
      sort: "status",
      cell: ({ workload }) => <StatusBadge status={workload.status} />,
    },
    {
      key: "duration",
      header: t("column.duration"),
      sort: "duration",
      from: "lg",
      align: "right",
      cell: ({ workload }) => <Duration from={workload.started_at} to={workload.ended_at} />,
    },
    {
      key: "created",
      header: t("column.created"),
      sort: "created_at",
      from: "md",
      align: "right",
      cell: ({ created_at }) => <Ago when={created_at} />,
    },
  ];
}
