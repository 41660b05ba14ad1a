import type { ReactNode } from "react";

/** A row of links, one of which is this page; each is a `Link` with `linkTabClasses`. */
export function LinkTabs({ label, children }: { label: string; children: ReactNode }) {
  return (
    <nav aria-label={label} className="mb-6 flex gap-1 overflow-x-auto border-b border-border">
      {children}
    </nav>
  );
}

export const linkTabClasses =
  "text-muted-foreground hover:text-foreground aria-[current=page]:border-primary aria-[current=page]:text-foreground -mb-px border-b-2 border-transparent px-3 py-2 font-medium whitespace-nowrap transition-colors focus-visible:-outline-offset-2";
