import { ProblemNote } from "@/components/problem-note";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import type { RunsSearch } from "@/features/experiments/runs-search";
import { useChangeView, useCreateView, useRemoveView } from "@/features/experiments/view-queries";
import { differs, shownBy } from "@/features/experiments/views";
import type { Tagged } from "@/lib/api/client";
import type { RunView } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";
import { showFailure, showToast } from "@/lib/toasts";

interface ChosenViewProps {
  project: string;
  view: Tagged<RunView>;
  search: RunsSearch;
  /** After somebody else has changed it; rejected if it cannot be read. */
  onReread: () => Promise<unknown>;
  onRemoved: () => void;
}

/** Keeps what the table shows in the view that it began with, shares the view, removes it. */
export function ChosenView({ project, view, search, onReread, onRemoved }: ChosenViewProps) {
  const { t } = useI18n();
  const change = useChangeView(project, view);
  const remove = useRemoveView(project, view);
  const again = useCreateView(project);
  const { name, shared, filter, sort, columns, group_by } = view.value;
  const error = change.error ?? remove.error;

  /** The refusal stays until the view is read: what is kept before that would be refused again. */
  async function reread(): Promise<void> {
    try {
      await onReread();
    } catch (failed) {
      await showFailure(failed);
      return;
    }
    change.reset();
    remove.reset();
  }

  return (
    <div role="group" aria-label={name} className="space-y-2 border-t border-border pt-3">
      <p className="truncate font-medium">{name}</p>
      <Checkbox
        label={t("views.share")}
        checked={change.isPending ? (change.variables.shared ?? shared) : shared}
        onChange={(is) => change.mutate({ shared: is })}
      />
      <div className="flex flex-wrap gap-2">
        <Button
          variant="outline"
          size="small"
          disabled={change.isPending || !differs(view.value, search)}
          onClick={() =>
            change.mutate(shownBy(search), { onSuccess: () => showToast({ text: t("views.changed", { name }) }) })
          }
        >
          {t("views.change")}
        </Button>
        <Button
          variant="danger"
          size="small"
          aria-label={t("views.remove", { name })}
          disabled={remove.isPending}
          onClick={() =>
            remove.mutate(undefined, {
              onSuccess: () => {
                onRemoved();
                showToast({
                  text: t("views.removed", { name }),
                  undo: () =>
                    void again.mutateAsync({ name, shared, filter, sort, columns, group_by }).catch(showFailure),
                });
              },
            })
          }
        >
          {t("action.remove")}
        </Button>
      </div>
      {error && <ProblemNote error={error} onRetry={() => void reread()} />}
    </div>
  );
}
