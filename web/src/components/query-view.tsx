import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useDeferredValue } from "react";

import { ProblemNote } from "./problem-note";
import { Skeleton } from "./ui/skeleton";

interface QueryViewProps<T> {
  query: UseQueryResult<T>;
  /** Height of what takes the place while it loads. */
  waiting?: string;
  children: (data: T) => ReactNode;
}

/** What a query has: kept and shown even where a later refresh failed. */
export function QueryView<T>({ query, waiting = "h-24", children }: QueryViewProps<T>) {
  // What has just come is rendered in pieces, between which the browser answers; what changes later is small.
  const arrived = useDeferredValue(query.data !== undefined);
  if (query.data !== undefined && arrived) return children(query.data);
  if (query.error) return <ProblemNote error={query.error} onRetry={() => void query.refetch()} />;
  return <Skeleton className={waiting} />;
}
