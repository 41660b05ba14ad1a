import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { Problem } from "@/lib/api/problem";
import { useI18n } from "@/lib/i18n/i18n-context";

import { PageHeader } from "./page-header";
import { QueryView } from "./query-view";

interface PageQueryProps<T> {
  /** Of the one thing that the page is about. */
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
}

/** A page about one thing. Without it, it has its `h1` and title all the same: of why it is not there. */
export function PageQuery<T>({ query, children }: PageQueryProps<T>) {
  const { t } = useI18n();
  const { data, error } = query;
  const missing = error instanceof Problem && error.status === 404;
  return (
    <>
      {data === undefined && error && <PageHeader title={t(missing ? "missing.title" : "problem.title")} />}
      <QueryView query={query}>{children}</QueryView>
    </>
  );
}
