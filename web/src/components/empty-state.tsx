import type { LucideIcon } from "lucide-react";

import { CopyCommand } from "./copy-command";

interface EmptyStateProps {
  icon: LucideIcon;
  title: string;
  /** What the next step is. */
  about: string;
  command?: string;
}

/** Nothing is here yet: what would be, and how to get it. */
export function EmptyState({ icon: Icon, title, about, command }: EmptyStateProps) {
  return (
    <div className="mx-auto flex max-w-xl flex-col items-center px-2 py-8 text-center">
      <span className="mb-3 rounded-lg bg-accent p-2 text-accent-foreground">
        <Icon aria-hidden className="size-5" />
      </span>
      <p className="font-medium">{title}</p>
      <p className="mt-1 text-muted-foreground">{about}</p>
      {command && (
        <div className="mt-4 w-full">
          <CopyCommand command={command} />
        </div>
      )}
    </div>
  );
}
