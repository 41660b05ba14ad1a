import { Maximize2 } from "lucide-react";
import { Suspense, lazy, useMemo, useState } from "react";

import type { ChartView } from "@/lib/chart-view";
import { useI18n } from "@/lib/i18n/i18n-context";
import type { Line } from "@/lib/lines";
import type { Series } from "@/lib/series";

import { Button } from "./ui/button";
import { Skeleton } from "./ui/skeleton";

// The plotting library comes after the page that needs it.
const CurveChart = lazy(() => import("./curve-chart"));
const CurveDialog = lazy(() => import("./curve-dialog"));

interface CurvesProps {
  title: string;
  lines: readonly Line[];
  view?: ChartView;
}

/** A chart of one or more curves, with a way to see it large. */
export function Curves({ title, lines, view }: CurvesProps) {
  const { t } = useI18n();
  const [large, setLarge] = useState(false);
  const drawn = { title, lines, ...(view && { view }) };
  return (
    <div className="relative min-w-0">
      <Suspense fallback={<Skeleton className="h-60" />}>
        <CurveChart {...drawn} />
        {large && (
          <CurveDialog title={title} onClose={() => setLarge(false)}>
            <CurveChart {...drawn} height={Math.max(240, Math.round(window.innerHeight * 0.65))} />
          </CurveDialog>
        )}
      </Suspense>
      <Button
        variant="ghost"
        size="icon"
        className="absolute -top-2 -right-2 text-muted-foreground"
        aria-label={t("curve.enlarge", { name: title })}
        onClick={() => setLarge(true)}
      >
        <Maximize2 aria-hidden />
      </Button>
    </div>
  );
}

/** A chart of one curve. */
export function Curve({ series, view }: { series: Series; view?: ChartView }) {
  const lines = useMemo(() => [{ key: "only", label: series.name, colour: 0, series }], [series]);
  return <Curves title={series.name} lines={lines} {...(view && { view })} />;
}
