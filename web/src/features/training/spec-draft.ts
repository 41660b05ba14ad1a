import type { TrainingSpec } from "@/features/training/queries";
import { type Recipe, type SpecField, specGroups } from "@/features/training/spec-fields";

/** What somebody has typed into the form of a job, by dotted path; what was left alone is not there. */
export type Draft = Readonly<Record<string, string>>;

/** Paths of the parts that have forms of their own. */
export const DATA = { source: "data.source", name: "data.name", artifact: "data.artifact", path: "data.path" } as const;
export const REGISTER = { model: "register_as.model", alias: "register_as.alias" } as const;

/** The spec that a draft stands for. What is empty is left to the platform's defaults. */
export function specOf(recipe: Recipe, draft: Draft): TrainingSpec {
  const spec: Record<string, unknown> = { recipe };
  const fields = new Map(specGroups(recipe).flatMap((group) => group.fields.map((field) => [field.path, field])));
  for (const [path, text] of Object.entries(draft)) {
    const field = fields.get(path);
    if (field && text !== "") put(spec, path, valueOf(field, text));
  }
  const source = draft[DATA.source];
  if (recipe !== "ppo" && (source ?? draft[DATA.name])) {
    const chosen = source ?? "builtin";
    const key = chosen === "builtin" ? "name" : chosen === "artifact" ? "artifact" : "path";
    const text = draft[`data.${key}`];
    spec["data"] = { source: chosen, ...(text && { [key]: text }) };
  }
  const model = draft[REGISTER.model];
  const alias = draft[REGISTER.alias];
  if (model || alias) spec["register_as"] = { ...(model && { model }), ...(alias && { alias }) };
  // The platform validates; what is missing comes back as an error at its field.
  return spec as unknown as TrainingSpec;
}

/** The draft that `spec` stands for: what a job was submitted with, to begin another like it. */
export function draftOf(spec: Readonly<Record<string, unknown>>): Draft {
  const draft: Record<string, string> = {};
  const walk = (value: unknown, path: string): void => {
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      if (path !== "recipe") draft[path] = String(value);
    } else for (const [name, part] of Object.entries(value ?? {})) walk(part, path ? `${path}.${name}` : name);
  };
  walk(spec, "");
  return draft;
}

function valueOf({ kind }: SpecField, text: string): string | number | boolean {
  if (kind === "boolean") return text === "true";
  return kind === "integer" || kind === "number" ? Number(text) : text;
}

function put(spec: Record<string, unknown>, path: string, value: unknown): void {
  const parts = path.split(".");
  const last = parts.pop() ?? path;
  let place = spec;
  for (const part of parts) place = (place[part] ??= {}) as Record<string, unknown>;
  place[last] = value;
}
