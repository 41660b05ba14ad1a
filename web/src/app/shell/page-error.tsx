import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

import { PageMissing } from "@/app/shell/page-missing";
import { PageHeader } from "@/components/page-header";
import { ProblemNote } from "@/components/problem-note";
import { useConnectionLost } from "@/lib/api/connection";
import { Problem, Unreachable } from "@/lib/api/problem";
import { useI18n } from "@/lib/i18n/i18n-context";

/** A page that could not be made. It comes by itself once the platform answers again. */
export function PageError({ error }: ErrorComponentProps) {
  const { t } = useI18n();
  const router = useRouter();
  const problem = error instanceof Error ? error : new Error(String(error));
  const away = error instanceof Unreachable;
  const lost = useConnectionLost() !== null;

  useEffect(() => {
    if (away && !lost) void router.invalidate();
  }, [away, lost, router]);

  if (error instanceof Problem && error.status === 404) return <PageMissing />;
  return (
    <div className="p-6">
      <PageHeader title={t(away ? "connection.lostTitle" : "problem.title")} />
      <ProblemNote error={problem} onRetry={() => void router.invalidate()} />
    </div>
  );
}
