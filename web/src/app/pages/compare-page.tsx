import { getRouteApi } from "@tanstack/react-router";
import { GitCompareArrows } from "lucide-react";

import { EmptyState } from "@/components/empty-state";
import { PageHeader } from "@/components/page-header";
import { RunComparison } from "@/features/experiments/components/run-comparison";
import { type ChartSearch, chartSearch, chartView } from "@/lib/chart-view";
import { useI18n } from "@/lib/i18n/i18n-context";

const route = getRouteApi("/p/$project/experiments/compare");

export function ComparePage() {
  const { t, format } = useI18n();
  const { project } = route.useParams();
  const { runs, filter = "", hide = false, ...charts } = route.useSearch();
  const navigate = route.useNavigate();
  const go = (next: { hide: boolean } & ChartSearch) => {
    const { hide: hidden, ...drawn } = next;
    void navigate({
      search: { runs, ...(filter && { filter }), ...(hidden && { hide: true }), ...drawn },
      replace: true,
      resetScroll: false,
    });
  };
  return (
    <>
      <PageHeader title={t("compare.title")} about={t("compare.about", { count: format.count(runs.length) })} />
      {runs.length < 2 ? (
        <EmptyState icon={GitCompareArrows} title={t("compare.none")} about={t("compare.noneAbout")} />
      ) : (
        <RunComparison
          project={project}
          runIds={runs}
          filter={filter}
          hideIdentical={hide}
          onHideIdentical={(hidden) => go({ hide: hidden, ...charts })}
          view={chartView(charts)}
          onView={(view) => go({ hide, ...chartSearch(view) })}
        />
      )}
    </>
  );
}
