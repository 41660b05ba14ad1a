import { Link } from "@tanstack/react-router";
import { Bot, Brain, Shapes } from "lucide-react";

import { RECIPES, type Recipe } from "@/features/training/spec-fields";
import { useI18n } from "@/lib/i18n/i18n-context";

const ICONS = { lm: Brain, classify: Shapes, ppo: Bot };

/** The templates that a job can begin with. */
export function RecipeChoice({ project, chosen }: { project: string; chosen: Recipe }) {
  const { t, term } = useI18n();
  return (
    <nav aria-label={t("newJob.recipes")}>
      <ul className="mb-6 grid gap-3 sm:grid-cols-3">
        {RECIPES.map((recipe) => {
          const Icon = ICONS[recipe];
          return (
            <li key={recipe}>
              <Link
                to="/p/$project/training/new"
                params={{ project }}
                search={{ recipe }}
                replace
                aria-current={recipe === chosen ? "page" : undefined}
                className="block h-full rounded-lg border border-border bg-card p-4 transition-colors hover:bg-muted aria-[current=page]:border-primary aria-[current=page]:bg-accent"
              >
                <span className="flex items-center gap-2 font-medium">
                  <Icon aria-hidden className="size-4 shrink-0" />
                  {term("recipe", recipe)}
                </span>
                <span className="mt-1 block text-xs text-muted-foreground">{term("recipeAbout", recipe)}</span>
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
