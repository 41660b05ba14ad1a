import type { Environment } from "@/lib/api/types";
import type { Locale } from "@/lib/i18n/catalog";

/** What the catalogue says of an environment, as far as it says it. */
export interface Described {
  name: string;
  summary: string | null;
  /** A picture, as a data URL. */
  frame: string | null;
  observation: string | null;
  action: string | null;
  successReturn: number | null;
  scripted: readonly string[];
}

/** A description is data that an environment brings: what is not as expected is as if it were not there. */
export function described({ name, description }: Environment, locale: Locale): Described {
  const summary = record(description["summary"]);
  const said = summary?.[locale] ?? summary?.["en"];
  const frame = description["frame"];
  const threshold = description["success_return"];
  const scripted = description["scripted_policies"];
  return {
    name,
    summary: typeof said === "string" ? said : null,
    frame: typeof frame === "string" && frame.startsWith("data:image/") ? frame : null,
    observation: space(description["observation_space"]),
    action: space(description["action_space"]),
    successReturn: typeof threshold === "number" ? threshold : null,
    scripted: Array.isArray(scripted) ? scripted.filter((each) => typeof each === "string") : [],
  };
}

/** As Gymnasium writes it: `Box(4,) float32`, `Discrete(2)`. */
function space(value: unknown): string | null {
  const told = record(value);
  const kind = told?.["kind"];
  if (!told || typeof kind !== "string") return null;
  const { n, shape, dtype } = told;
  if (typeof n === "number") return `${kind}(${n})`;
  if (!Array.isArray(shape)) return kind;
  const sizes = shape.length === 1 ? `${String(shape[0])},` : shape.join(", ");
  return `${kind}(${sizes})${typeof dtype === "string" ? ` ${dtype}` : ""}`;
}

function record(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}
