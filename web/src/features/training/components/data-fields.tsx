import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { DATA, type Draft } from "@/features/training/spec-draft";
import { type Recipe, builtinData } from "@/features/training/spec-fields";
import { useI18n } from "@/lib/i18n/i18n-context";

const SOURCES = ["builtin", "artifact", "path"] as const;

interface DataFieldsProps {
  recipe: Recipe;
  draft: Draft;
  errors: Readonly<Record<string, string>>;
  onChange: (path: string, value: string) => void;
}

/** Where the data of a job comes from; nothing where a recipe makes its own. */
export function DataFields({ recipe, draft, errors, onChange }: DataFieldsProps) {
  const { t, term } = useI18n();
  const builtin = builtinData(recipe);
  if (!builtin) return null;
  const source = SOURCES.find((each) => each === draft[DATA.source]) ?? "builtin";
  return (
    <>
      <Select
        label={t("newJob.data")}
        value={source}
        options={SOURCES.map((each) => [each, term("source", each)])}
        onChange={(value) => onChange(DATA.source, value)}
      />
      {source === "builtin" ? (
        <Select
          label={t("newJob.dataSet")}
          value={draft[DATA.name] ?? builtin.chosen}
          options={builtin.options.map((option) => [option, option])}
          onChange={(value) => onChange(DATA.name, value)}
        />
      ) : (
        <Field
          label={t(source === "artifact" ? "newJob.artifact" : "newJob.path")}
          value={draft[DATA[source]] ?? ""}
          hint={t(source === "artifact" ? "newJob.artifactHint" : "newJob.pathHint")}
          error={errors[DATA[source]] ?? errors["data"]}
          spellCheck={false}
          onChange={({ target }) => onChange(DATA[source], target.value)}
        />
      )}
    </>
  );
}
