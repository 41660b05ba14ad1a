/** Metrics whose names begin alike, such as `train/loss` and `train/accuracy`. */
export interface MetricGroup {
  /** What they begin with; empty for those that have no such part. */
  prefix: string;
  names: string[];
}

/** Names in the order of their groups; those without a prefix come first, what the system measures last. */
export function metricGroups(names: readonly string[], wanted = ""): MetricGroup[] {
  const found = new Map<string, string[]>();
  const sought = wanted.trim().toLowerCase();
  for (const name of [...names].sort((a, b) => a.localeCompare(b, "en"))) {
    if (!name.toLowerCase().includes(sought)) continue;
    const prefix = name.includes("/") ? (name.split("/")[0] ?? "") : "";
    found.set(prefix, [...(found.get(prefix) ?? []), name]);
  }
  const rank = (prefix: string) => (prefix === "" ? 0 : prefix === "system" ? 2 : 1);
  return [...found]
    .map(([prefix, members]) => ({ prefix, names: members }))
    .sort((a, b) => rank(a.prefix) - rank(b.prefix) || a.prefix.localeCompare(b.prefix, "en"));
}

/** `names` in portions of at most `size`. */
export function portions<T>(names: readonly T[], size: number): T[][] {
  const found: T[][] = [];
  for (let from = 0; from < names.length; from += size) found.push(names.slice(from, from + size));
  return found;
}
