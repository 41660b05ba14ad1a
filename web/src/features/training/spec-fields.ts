import document from "@/lib/api/training-spec.json";

export const RECIPES = ["lm", "classify", "ppo"] as const;
export type Recipe = (typeof RECIPES)[number];

/** One knob of a spec, as OpenAPI describes it. */
export interface SpecField {
  /** Dotted, as errors name it. */
  path: string;
  kind: "integer" | "number" | "boolean" | "choice" | "text";
  required: boolean;
  default?: string | number | boolean;
  /** Of a choice. */
  options: readonly string[];
  minimum?: number;
  maximum?: number;
  longest?: number;
  /** What the spec says of it, in English. */
  about?: string;
}

/** Fields that belong together: those of an object of the spec, or of the spec itself (`path` is empty). */
export interface SpecGroup {
  path: string;
  fields: SpecField[];
}

interface Schema {
  type?: string;
  $ref?: string;
  const?: unknown;
  enum?: readonly string[];
  default?: unknown;
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  maxLength?: number;
  description?: string;
}

const SCHEMAS = document as Readonly<Record<string, Schema>>;
const SPECS: Record<Recipe, string> = { lm: "LanguageModelSpec", classify: "ClassifierSpec", ppo: "PolicySpec" };
const KINDS = ["integer", "number", "boolean"] as const;

/** Everything that a recipe can be told, but for where its data comes from and what becomes of its result. */
export function specGroups(recipe: Recipe): SpecGroup[] {
  const groups: SpecGroup[] = [];
  collect(SCHEMAS[SPECS[recipe]] ?? {}, "", groups);
  return groups;
}

/** The data set that the platform gives where none is named; undefined where a recipe has no data. */
export function builtinData(recipe: Recipe): { chosen: string; options: readonly string[] } | undefined {
  const data = SCHEMAS[SPECS[recipe]]?.properties?.["data"];
  if (!data) return undefined;
  const first = data.default as Readonly<Record<string, string>> | undefined;
  const options = SCHEMAS["BuiltinData"]?.properties?.["name"]?.enum ?? [];
  return { chosen: first?.["name"] ?? options[0] ?? "", options };
}

function collect(schema: Schema, path: string, groups: SpecGroup[]): void {
  const group: SpecGroup = { path, fields: [] };
  groups.push(group);
  for (const [name, given] of Object.entries(schema.properties ?? {})) {
    // A union is asked for by a form of its own.
    if (given.const !== undefined || given.anyOf || given.oneOf) continue;
    const whole = path ? `${path}.${name}` : name;
    const object = given.$ref ? SCHEMAS[given.$ref.split("/").at(-1) ?? ""] : undefined;
    if (object) collect(withDefaults(object, given.default), whole, groups);
    else group.fields.push(field(given, whole, schema.required?.includes(name) ?? false));
  }
}

function field(schema: Schema, path: string, required: boolean): SpecField {
  const { minimum = schema.exclusiveMinimum, maximum = schema.exclusiveMaximum, default: first } = schema;
  return {
    path,
    required,
    kind: schema.enum ? "choice" : (KINDS.find((kind) => kind === schema.type) ?? "text"),
    options: schema.enum ?? [],
    ...((typeof first === "string" || typeof first === "number" || typeof first === "boolean") && { default: first }),
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
    ...(schema.maxLength !== undefined && { longest: schema.maxLength }),
    ...(schema.description && { about: schema.description }),
  };
}

/** A spec may give an object other defaults than the object's own. */
function withDefaults(object: Schema, given: unknown): Schema {
  if (typeof given !== "object" || given === null) return object;
  const properties = { ...object.properties };
  for (const [name, value] of Object.entries(given)) properties[name] = { ...properties[name], default: value };
  return { ...object, properties };
}
