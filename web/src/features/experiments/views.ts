import type { RunView } from "@/lib/api/types";

import { type RunsSearch, readRunsSearch } from "./runs-search";

/** What of a view the table shows, as the platform keeps it. */
export type Shown = Pick<RunView, "filter" | "sort" | "columns" | "group_by">;

export function shownBy({ filter = "", sort = "", columns, by = [] }: RunsSearch): Shown {
  return { filter, sort, columns: columns ?? null, group_by: by };
}

/** The address at which a view is seen. */
export function searchOf({ id, filter, sort, columns, group_by }: Shown & Pick<RunView, "id">): RunsSearch {
  return readRunsSearch({ filter, sort, columns, by: group_by, view: id });
}

/** Whether the table shows something else than the view that it began with. */
export function differs(view: Shown & Pick<RunView, "id">, search: RunsSearch): boolean {
  return JSON.stringify(shownBy(search)) !== JSON.stringify(shownBy(searchOf(view)));
}
