import type { Quota } from "@/lib/api/types";
import type { Format } from "@/lib/i18n/format";

/** An amount of a resource in its own unit. */
export function amount(resource: Quota["resource"], value: number, format: Format): string {
  return resource === "memory" || resource === "storage" ? format.bytes(value) : format.count(value);
}

/** How much of its limit is used, between 0 and 1; null where there is no limit. */
export function share({ hard, soft, used }: Pick<Quota, "hard" | "soft" | "used">): number | null {
  const limit = hard ?? soft;
  if (limit === null) return null;
  return limit === 0 ? 1 : Math.min(1, used / limit);
}
