import type { ComponentProps, ReactNode } from "react";

import { cn } from "@/lib/class-names";

interface CardProps extends Omit<ComponentProps<"section">, "title"> {
  title: ReactNode;
  /** At the right of the title: a link, a figure. */
  aside?: ReactNode;
}

/** A titled section. */
export function Card({ title, aside, className, children, ...props }: CardProps) {
  return (
    <section className={cn("min-w-0 rounded-lg border border-border bg-card p-4", className)} {...props}>
      <div className="mb-3 flex min-h-6 flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <h2 className="text-sm font-semibold">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
