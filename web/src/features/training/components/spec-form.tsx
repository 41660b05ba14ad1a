import { Field } from "@/components/ui/field";
import { DataFields } from "@/features/training/components/data-fields";
import { SpecInput } from "@/features/training/components/spec-input";
import { type Draft, REGISTER } from "@/features/training/spec-draft";
import { type Recipe, type SpecField, specGroups } from "@/features/training/spec-fields";
import { useI18n } from "@/lib/i18n/i18n-context";

/** What most people set; everything else is below. */
const FIRST: Record<Recipe, readonly string[]> = {
  lm: ["name", "experiment", "steps", "batch", "optimizer.learning_rate", "resources.workers"],
  classify: ["name", "experiment", "epochs", "batch", "learning_rate", "hidden", "resources.workers"],
  ppo: ["name", "experiment", "environment", "total_steps", "learning_rate", "resources.workers"],
};

interface SpecFormProps {
  recipe: Recipe;
  draft: Draft;
  /** By dotted path. */
  errors: Readonly<Record<string, string>>;
  onChange: (path: string, value: string) => void;
}

/** Every knob of a recipe: those that matter first, the others by the part of the spec that has them. */
export function SpecForm({ recipe, draft, errors, onChange }: SpecFormProps) {
  const { t, term } = useI18n();
  const groups = specGroups(recipe);
  const fields = new Map(groups.flatMap((group) => group.fields.map((field) => [field.path, field])));
  const first = FIRST[recipe].flatMap((path) => fields.get(path) ?? []);
  const input = (field: SpecField) => (
    <SpecInput
      key={field.path}
      field={field}
      value={draft[field.path] ?? ""}
      error={errors[field.path]}
      onChange={(value) => onChange(field.path, value)}
    />
  );
  return (
    <div className="space-y-6">
      <div className="grid gap-4 sm:grid-cols-2">
        {first.map(input)}
        <DataFields recipe={recipe} draft={draft} errors={errors} onChange={onChange} />
        <Field
          label={t("newJob.register")}
          value={draft[REGISTER.model] ?? ""}
          hint={t("newJob.registerHint")}
          error={errors[REGISTER.model]}
          spellCheck={false}
          onChange={({ target }) => onChange(REGISTER.model, target.value)}
        />
        <Field
          label={t("newJob.alias")}
          value={draft[REGISTER.alias] ?? ""}
          placeholder="champion"
          hint={t("newJob.aliasHint")}
          error={errors[REGISTER.alias]}
          spellCheck={false}
          onChange={({ target }) => onChange(REGISTER.alias, target.value)}
        />
      </div>
      {groups.map((group) => {
        const rest = group.fields.filter((field) => !first.includes(field));
        if (rest.length === 0) return null;
        const wrong = rest.some((field) => errors[field.path]);
        return (
          <details key={group.path} open={wrong || undefined} className="rounded-lg border border-border">
            <summary className="cursor-pointer px-4 py-2.5 font-medium">
              {term("specPart", group.path || "more")}{" "}
              <span className="text-xs font-normal text-muted-foreground">{group.path}</span>
            </summary>
            {errors[group.path] && <p className="px-4 pb-2 text-xs text-danger">{errors[group.path]}</p>}
            <div className="grid gap-4 p-4 pt-2 sm:grid-cols-2">{rest.map(input)}</div>
          </details>
        );
      })}
    </div>
  );
}
