import { Suspense, lazy } from "react";

import type { Series } from "@/lib/series";

import { Skeleton } from "./ui/skeleton";

// The plotting library comes after the page that needs it.
const CurveChart = lazy(() => import("./curve-chart"));

export function Curve({ series }: { series: Series }) {
  return (
    <Suspense fallback={<Skeleton className="h-60" />}>
      <CurveChart series={series} />
    </Suspense>
  );
}
