import { Bookmark, Trash2 } from "lucide-react";
import { Popover } from "radix-ui";
import { type SubmitEvent, useState } from "react";

import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import type { RunsSearch } from "@/features/experiments/runs-search";
import { type SavedView, readViews, writeViews } from "@/features/experiments/views";
import { useI18n } from "@/lib/i18n/i18n-context";

interface SavedViewsProps {
  project: string;
  search: RunsSearch;
  onChoose: (search: RunsSearch) => void;
}

/** Filters, orders and columns under a name, kept in this browser. */
export function SavedViews({ project, search, onChoose }: SavedViewsProps) {
  const { t } = useI18n();
  const [views, setViews] = useState(() => readViews(project));

  function keep(changed: SavedView[]): void {
    setViews(changed);
    writeViews(project, changed);
  }

  function save(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    const name = new FormData(event.currentTarget).get("name");
    if (typeof name !== "string" || !name.trim()) return;
    keep([...views.filter((view) => view.name !== name.trim()), { name: name.trim(), search }]);
    event.currentTarget.reset();
  }

  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <Button variant="outline">
          <Bookmark aria-hidden />
          {t("views.title")}
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          aria-label={t("views.title")}
          className="z-50 w-72 max-w-[calc(100vw-1rem)] rounded-lg border border-border bg-card p-3 shadow-lg"
        >
          {views.length === 0 && <p className="mb-3 text-muted-foreground">{t("views.none")}</p>}
          <ul className="mb-3">
            {views.map((view) => (
              <li key={view.name} className="flex items-center gap-1">
                <Button
                  variant="ghost"
                  size="tight"
                  className="min-w-0 flex-1 justify-start"
                  onClick={() => onChoose(view.search)}
                >
                  <span className="truncate">{view.name}</span>
                </Button>
                <Button
                  variant="ghost"
                  size="icon"
                  aria-label={t("views.remove", { name: view.name })}
                  onClick={() => keep(views.filter((each) => each.name !== view.name))}
                >
                  <Trash2 aria-hidden />
                </Button>
              </li>
            ))}
          </ul>
          <form onSubmit={save} className="flex items-end gap-2">
            <div className="min-w-0 flex-1">
              <Field label={t("views.name")} name="name" maxLength={80} required />
            </div>
            <Button type="submit" variant="outline">
              {t("views.save")}
            </Button>
          </form>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
