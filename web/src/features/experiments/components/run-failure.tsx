import { TriangleAlert } from "lucide-react";

import type { RunDetail } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

/** Why a run failed: whose fault it was, and what was said. */
export function RunFailure({ run }: { run: RunDetail }) {
  const { t, term } = useI18n();
  if (!run.failure) return null;
  const { kind, message } = run.failure;
  return (
    <div role="note" className="mb-6 flex gap-3 rounded-lg bg-danger-soft p-3 text-danger">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0">
        <p className="font-medium">{typeof kind === "string" ? term("failure", kind) : t("run.failed")}</p>
        {typeof message === "string" && (
          <p className="mt-1 font-mono text-xs wrap-anywhere whitespace-pre-wrap">{message}</p>
        )}
      </div>
    </div>
  );
}
