import { createFileRoute } from "@tanstack/react-router";

import { NewJobPage } from "@/app/pages/new-job-page";

const RECIPES = ["lm", "classify", "ppo"] as const;
const ID = /^[0-9a-f-]{36}$/;

export const Route = createFileRoute("/p/$project/training/new")({
  validateSearch: (search): { recipe?: (typeof RECIPES)[number]; from?: string } => {
    const recipe = RECIPES.find((each) => each === search["recipe"]);
    const from = search["from"];
    return { ...(recipe && { recipe }), ...(typeof from === "string" && ID.test(from) && { from }) };
  },
  component: NewJobPage,
});
