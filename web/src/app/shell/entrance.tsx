import type { ReactNode } from "react";

import { Brand } from "@/app/shell/brand";
import { ConnectionBanner } from "@/app/shell/connection-banner";
import { Preferences } from "@/app/shell/preferences";
import { PageHeader } from "@/components/page-header";

interface EntranceProps {
  title: string;
  about: string;
  children: ReactNode;
}

/** What surrounds the pages before a sign-in. */
export function Entrance({ title, about, children }: EntranceProps) {
  return (
    <div className="flex min-h-dvh flex-col">
      <ConnectionBanner />
      <header className="flex h-14 items-center justify-between px-4 sm:px-6">
        <Brand />
        <span className="flex">
          <Preferences />
        </span>
      </header>
      <main className="flex flex-1 items-start justify-center p-4 sm:items-center">
        <div className="w-full max-w-sm rounded-lg border border-border bg-card p-6">
          <PageHeader title={title} about={about} />
          {children}
        </div>
      </main>
    </div>
  );
}
