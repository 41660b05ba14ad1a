import type { ReactNode } from "react";

/** An untitled section, for a list that the page's title names. */
export function Panel({ children }: { children: ReactNode }) {
  return <div className="rounded-lg border border-border bg-card px-4 py-2">{children}</div>;
}
