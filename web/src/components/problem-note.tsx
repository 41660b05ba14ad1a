import { TriangleAlert } from "lucide-react";

import { Problem } from "@/lib/api/problem";
import { useI18n } from "@/lib/i18n/i18n-context";

import { Button } from "./ui/button";

/** What went wrong, in the platform's own words, and a way to try again. */
export function ProblemNote({ error, onRetry }: { error: Error; onRetry?: () => void }) {
  const { t } = useI18n();
  return (
    <div role="alert" className="flex flex-wrap items-center gap-3 rounded-lg bg-danger-soft p-3 text-danger">
      <TriangleAlert aria-hidden className="size-4 shrink-0" />
      <p className="min-w-0 flex-1 wrap-anywhere">{problemText(error, t)}</p>
      {onRetry && (
        <Button variant="outline" size="small" className="text-foreground" onClick={onRetry}>
          {t("action.tryAgain")}
        </Button>
      )}
    </div>
  );
}

function problemText(error: Error, t: ReturnType<typeof useI18n>["t"]): string {
  if (!(error instanceof Problem)) return t("problem.unreachable");
  return error.message || t("problem.status", { status: error.status });
}
