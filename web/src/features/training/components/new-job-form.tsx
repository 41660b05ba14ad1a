import type { SubmitEvent } from "react";
import { type ReactNode, useState } from "react";

import { CopyCommand } from "@/components/copy-command";
import { ProblemNote } from "@/components/problem-note";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { JobPlan } from "@/features/training/components/job-plan";
import { SpecForm } from "@/features/training/components/spec-form";
import { usePlan, useSubmit } from "@/features/training/queries";
import { type Draft, specOf } from "@/features/training/spec-draft";
import type { Recipe } from "@/features/training/spec-fields";
import { Problem } from "@/lib/api/problem";
import type { TrainingJob, Workload } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

interface NewJobFormProps {
  project: string;
  recipe: Recipe;
  initial: Draft;
  onSubmitted: (job: TrainingJob) => void;
  /** Shows the parts that a job would consist of. */
  parts: (bundles: Workload["bundles"]) => ReactNode;
}

/** Fill in, look at the plan, submit. What is wrong is told at its field by the platform, which alone validates. */
export function NewJobForm({ project, recipe, initial, onSubmitted, parts }: NewJobFormProps) {
  const { t } = useI18n();
  const [draft, setDraft] = useState(initial);
  const plan = usePlan(project);
  const submit = useSubmit(project);
  const refusal = submit.error ?? plan.error;
  const errors = refusal instanceof Problem ? refusal.fields : {};
  const spec = specOf(recipe, draft);

  function change(path: string, value: string): void {
    setDraft((held) => ({ ...held, [path]: value }));
    plan.reset();
    submit.reset();
  }

  function check(event: SubmitEvent): void {
    event.preventDefault();
    submit.reset();
    plan.mutate(spec);
  }

  return (
    <form onSubmit={check} noValidate className="grid items-start gap-4 xl:grid-cols-3">
      <Card title={t("newJob.settings")} className="xl:col-span-2">
        <SpecForm recipe={recipe} draft={draft} errors={errors} onChange={change} />
      </Card>
      <div className="space-y-4 xl:sticky xl:top-20">
        <Card title={t("plan.title")}>
          <div className="space-y-4" aria-live="polite">
            {refusal && <ProblemNote error={refusal} />}
            {plan.data ? (
              <JobPlan plan={plan.data}>{parts(plan.data.bundles)}</JobPlan>
            ) : (
              !refusal && <p className="text-muted-foreground">{t("plan.about")}</p>
            )}
            <div className="flex flex-wrap gap-2">
              <Button type="submit" variant={plan.data ? "outline" : "primary"} disabled={plan.isPending}>
                {t("plan.check")}
              </Button>
              <Button
                variant={plan.data ? "primary" : "outline"}
                disabled={submit.isPending}
                onClick={() => submit.mutate(spec, { onSuccess: onSubmitted })}
              >
                {t("newJob.submit")}
              </Button>
            </div>
          </div>
        </Card>
        <Card title={t("newJob.file")}>
          <p className="mb-2 text-muted-foreground">{t("newJob.fileAbout")}</p>
          <CopyCommand command={JSON.stringify(spec, null, 2)} />
        </Card>
      </div>
    </form>
  );
}
