import { type ReactNode, useEffect } from "react";

interface PageHeaderProps {
  title: string;
  /** One sentence below the title. */
  about?: string | undefined;
  /** Beside the title: a status. */
  badge?: ReactNode;
  actions?: ReactNode;
}

/** The one `h1` of a page; also the title of the window. */
export function PageHeader({ title, about, badge, actions }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${title} · Trine`;
  }, [title]);
  return (
    <header className="mb-6 flex flex-wrap items-start justify-between gap-x-4 gap-y-3">
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="text-xl font-semibold tracking-tight wrap-anywhere">{title}</h1>
          {badge}
        </div>
        {about && <p className="mt-1 text-muted-foreground">{about}</p>}
      </div>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </header>
  );
}
