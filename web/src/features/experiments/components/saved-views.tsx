import { useQuery } from "@tanstack/react-query";
import { Bookmark, Users } from "lucide-react";
import { Popover } from "radix-ui";

import { QueryView } from "@/components/query-view";
import { Button } from "@/components/ui/button";
import { ChosenView } from "@/features/experiments/components/chosen-view";
import { SaveView } from "@/features/experiments/components/save-view";
import type { RunsSearch } from "@/features/experiments/runs-search";
import { viewQuery, viewsQuery } from "@/features/experiments/view-queries";
import { searchOf } from "@/features/experiments/views";
import { useI18n } from "@/lib/i18n/i18n-context";

interface SavedViewsProps {
  project: string;
  search: RunsSearch;
  onChoose: (search: RunsSearch) => void;
}

/** Filters, orders, columns and groups under a name, for oneself or for everybody in the project. */
export function SavedViews({ project, search, onChoose }: SavedViewsProps) {
  const { t } = useI18n();
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
          className="z-50 max-h-(--radix-popover-content-available-height) w-80 max-w-[calc(100vw-1rem)] space-y-4 overflow-y-auto rounded-lg border border-border bg-card p-3 shadow-lg"
        >
          <Views project={project} search={search} onChoose={onChoose} />
          {search.view && <Chosen project={project} viewId={search.view} search={search} onChoose={onChoose} />}
          <SaveView project={project} search={search} onSaved={(view) => onChoose(searchOf(view))} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Views({ project, search, onChoose }: SavedViewsProps) {
  const { t } = useI18n();
  return (
    <QueryView query={useQuery(viewsQuery(project))}>
      {(views) =>
        views.length === 0 ? (
          <p className="text-muted-foreground">{t("views.none")}</p>
        ) : (
          <ul aria-label={t("views.title")}>
            {views.map((view) => (
              <li key={view.id}>
                <Button
                  variant="ghost"
                  size="tight"
                  className="w-full justify-start"
                  aria-current={view.id === search.view}
                  onClick={() => onChoose(searchOf(view))}
                >
                  <span className="truncate">{view.name}</span>
                  {view.shared && <Users role="img" aria-label={t("views.shared")} className="text-muted-foreground" />}
                </Button>
              </li>
            ))}
          </ul>
        )
      }
    </QueryView>
  );
}

function Chosen({ project, viewId, search, onChoose }: SavedViewsProps & { viewId: string }) {
  const query = useQuery(viewQuery(viewId));
  return (
    <QueryView query={query}>
      {(view) => (
        <ChosenView
          key={viewId}
          project={project}
          view={view}
          search={search}
          onReread={() => query.refetch({ throwOnError: true })}
          onRemoved={() => {
            const { view: removed, ...rest } = search;
            if (removed) onChoose(rest);
          }}
        />
      )}
    </QueryView>
  );
}
