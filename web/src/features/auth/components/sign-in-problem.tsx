import { TriangleAlert } from "lucide-react";

import { useI18n } from "@/lib/i18n/i18n-context";

/** Why somebody came back from a provider without being signed in. */
export function SignInProblem({ code }: { code: string }) {
  const { term } = useI18n();
  return (
    <div role="alert" className="mb-4 flex items-center gap-3 rounded-lg bg-danger-soft p-3 text-danger">
      <TriangleAlert aria-hidden className="size-4 shrink-0" />
      <p className="min-w-0 flex-1 wrap-anywhere">{term("signInProblem", code)}</p>
    </div>
  );
}
