import { type QueryKey, infiniteQueryOptions } from "@tanstack/react-query";

import type { Page } from "./types";

/** Told of changes by the activity stream; this is for what the stream did not tell. */
export const LIST_REFRESH_MS = 5000;

/** A whole list, for what draws all of it or looks names up in it. */
export async function everyPage<T>(fetchPage: (cursor: string | null) => Promise<Page<T>>): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await fetchPage(cursor);
    found.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return found;
}

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
