import type { Trial } from "@/lib/api/types";

export const TRIAL_ORDERS = ["number", "best", "newest"] as const;
export type TrialOrder = (typeof TRIAL_ORDERS)[number];

/** Trials without a value come last where the best come first. */
export function ordered(trials: readonly Trial[], order: TrialOrder, mode: string): Trial[] {
  const sign = mode === "min" ? 1 : -1;
  return [...trials].sort((a, b) => {
    switch (order) {
      case "number":
        return a.number - b.number;
      case "newest":
        return b.number - a.number;
      case "best":
        if (a.value == null || b.value == null) return Number(a.value == null) - Number(b.value == null);
        return sign * (a.value - b.value) || a.number - b.number;
    }
  });
}
