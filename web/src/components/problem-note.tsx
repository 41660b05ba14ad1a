import { TriangleAlert } from "lucide-react";

import { useI18n } from "@/lib/i18n/i18n-context";

import { ProblemWords } from "./problem-words";
import { Button } from "./ui/button";

/** What went wrong, and a way to try again. */
export function ProblemNote({ error, onRetry }: { error: Error; onRetry?: () => void }) {
  const { t } = useI18n();
  return (
    <div role="alert" className="flex flex-wrap items-center gap-3 rounded-lg bg-danger-soft p-3 text-danger">
      <TriangleAlert aria-hidden className="size-4 shrink-0" />
      <p className="min-w-0 flex-1 wrap-anywhere">
        <ProblemWords error={error} />
      </p>
      {onRetry && (
        <Button variant="outline" size="small" className="text-foreground" onClick={onRetry}>
          {t("action.tryAgain")}
        </Button>
      )}
    </div>
  );
}
