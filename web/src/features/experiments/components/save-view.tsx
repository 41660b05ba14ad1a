import { type SubmitEvent, useState } from "react";

import { ProblemNote } from "@/components/problem-note";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import type { RunsSearch } from "@/features/experiments/runs-search";
import { useCreateView } from "@/features/experiments/view-queries";
import { shownBy } from "@/features/experiments/views";
import { Problem } from "@/lib/api/problem";
import type { RunView } from "@/lib/api/types";
import { formText } from "@/lib/form";
import { useI18n } from "@/lib/i18n/i18n-context";

interface SaveViewProps {
  project: string;
  search: RunsSearch;
  onSaved: (view: RunView) => void;
}

/** Keeps what the table shows under a new name. */
export function SaveView({ project, search, onSaved }: SaveViewProps) {
  const { t } = useI18n();
  const create = useCreateView(project);
  const [shared, setShared] = useState(false);
  const refused = create.error instanceof Problem ? create.error.fields["name"] : undefined;

  function save(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = event.currentTarget;
    const name = formText(new FormData(form), "name").trim();
    create.mutate(
      { ...shownBy(search), name, shared },
      {
        onSuccess: ({ value }) => {
          form.reset();
          onSaved(value);
        },
      },
    );
  }

  return (
    <form onSubmit={save} className="space-y-2 border-t border-border pt-3">
      <Field label={t("views.name")} name="name" maxLength={200} required error={refused} />
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Checkbox label={t("views.shareNew")} checked={shared} onChange={setShared} />
        <Button type="submit" variant="outline" disabled={create.isPending}>
          {t("views.save")}
        </Button>
      </div>
      {create.error && !refused && <ProblemNote error={create.error} />}
    </form>
  );
}
