import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { PageHeader } from "@/components/page-header";
import { QueryView } from "@/components/query-view";
import { WorkloadResources } from "@/features/scheduling/components/workload-resources";
import { NewJobForm } from "@/features/training/components/new-job-form";
import { RecipeChoice } from "@/features/training/components/recipe-choice";
import { trainingJobQuery } from "@/features/training/queries";
import { type Draft, draftOf } from "@/features/training/spec-draft";
import { RECIPES, type Recipe } from "@/features/training/spec-fields";
import { useI18n } from "@/lib/i18n/i18n-context";

const route = getRouteApi("/p/$project/training/new");

export function NewJobPage() {
  const { t } = useI18n();
  const { project } = route.useParams();
  const { from, recipe = "lm" } = route.useSearch();
  return (
    <>
      <PageHeader title={t("newJob.title")} about={t("newJob.about")} />
      {from ? (
        <Another jobId={from} />
      ) : (
        <>
          <RecipeChoice project={project} chosen={recipe} />
          <Form key={recipe} recipe={recipe} initial={{}} />
        </>
      )}
    </>
  );
}

/** Begins with what another job was submitted with. */
function Another({ jobId }: { jobId: string }) {
  const query = useQuery(trainingJobQuery(jobId));
  return (
    <QueryView query={query}>
      {(job) => {
        const recipe = RECIPES.find((each) => each === job.recipe);
        return recipe && <Form recipe={recipe} initial={draftOf(job.spec)} />;
      }}
    </QueryView>
  );
}

function Form({ recipe, initial }: { recipe: Recipe; initial: Draft }) {
  const { project } = route.useParams();
  const navigate = route.useNavigate();
  return (
    <NewJobForm
      project={project}
      recipe={recipe}
      initial={initial}
      onSubmitted={(job) =>
        void navigate({ to: "/p/$project/training/jobs/$jobId", params: { project, jobId: job.id } })
      }
      parts={(bundles) => <WorkloadResources bundles={bundles} />}
    />
  );
}
