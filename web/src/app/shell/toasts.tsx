import { Suspense, lazy } from "react";

import { useToasts } from "@/lib/toasts";

const Toaster = lazy(() => import("@/components/ui/toaster"));

/** Where toasts are shown; fetched with the first of them. */
export function Toasts() {
  const toasts = useToasts();
  if (toasts.length === 0) return null;
  return (
    <Suspense>
      <Toaster />
    </Suspense>
  );
}
