import { type QueryKey, infiniteQueryOptions } from "@tanstack/react-query";

import type { Page } from "./types";

/** Told of changes by the activity stream; this is for what the stream did not tell. */
export const LIST_REFRESH_MS = 5000;

/** A list, page after page; `fetchPage` gets the cursor of the page, null for the first. */
export function pagedQuery<T>(key: QueryKey, fetchPage: (cursor: string | null) => Promise<Page<T>>) {
  return infiniteQueryOptions({
    queryKey: key,
    queryFn: ({ pageParam }) => fetchPage(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    refetchInterval: LIST_REFRESH_MS,
  });
}
