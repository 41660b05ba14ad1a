import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import type { RunsSearch } from "@/features/experiments/runs-search";
import { api, body } from "@/lib/api/client";
import { pagedQuery } from "@/lib/api/paged-query";
import type { RunRow, RunsGroup } from "@/lib/api/types";

import { type RunColumn, columnText } from "./column-text";

const PAGE = 200;
const GROUPS = 50;
const REFRESH_MS = 4000;
/** Pages that are read again by themselves; who has scrolled further looks at what is there. */
const REREAD_PAGES = 2;
/** Runs that are looked at to learn which columns there are. */
const SAMPLE = 50;

export const runsTableQuery = (
  project: string,
  { filter = "", sort = "" }: RunsSearch,
  columns: readonly RunColumn[],
) => {
  const texts = columns.map(columnText);
  return infiniteQueryOptions({
    queryKey: ["runs-table", project, filter, sort, texts],
    queryFn: ({ pageParam, signal }) =>
      body(
        api.POST("/api/v1/projects/{project}/runs:search", {
          params: { path: { project } },
          body: { filter, sort, columns: texts, limit: PAGE, cursor: pageParam },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    // A filter that is being typed does not empty the table.
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) <= REREAD_PAGES ? REFRESH_MS : false),
  });
};

/** Runs that are alike in the columns `by`. */
export const runsGroupsQuery = (
  project: string,
  { filter = "", sort = "" }: RunsSearch,
  by: readonly string[],
  metrics: readonly string[],
) =>
  pagedQuery<RunsGroup & { id: string }>(["runs-groups", project, filter, sort, by, metrics], async (cursor) => {
    const page = await body(
      api.POST("/api/v1/projects/{project}/runs:group", {
        params: { path: { project } },
        body: { by: [...by], metrics: [...metrics], filter, sort, limit: GROUPS, cursor },
      }),
    );
    return { ...page, items: page.items.map((group) => ({ ...group, id: JSON.stringify(group.keys) })) };
  });

export const runsCountQuery = (project: string, filter: string) =>
  queryOptions({
    queryKey: ["runs-count", project, filter],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/projects/{project}/runs:count", { params: { path: { project }, query: { filter } }, signal }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });

/** The newest runs with all that they have, and which metrics, parameters and tags these are. */
export const columnsQuery = (project: string) =>
  queryOptions({
    queryKey: ["runs-columns", project],
    queryFn: async ({ signal }) => {
      const { items } = await body(
        api.POST("/api/v1/projects/{project}/runs:search", {
          params: { path: { project } },
          body: { filter: "", sort: "", limit: SAMPLE },
          signal,
        }),
      );
      return { newest: items, columns: columnsOf(items) };
    },
    refetchInterval: 15_000,
  });

function columnsOf(rows: readonly RunRow[]): RunColumn[] {
  const names = (place: "metrics" | "params" | "tags") =>
    [...new Set(rows.flatMap((row) => Object.keys(row[place])))]
      .sort((a, b) => a.localeCompare(b, "en"))
      .map((name) => ({ place, name }));
  return [...names("metrics"), ...names("params"), ...names("tags")];
}
