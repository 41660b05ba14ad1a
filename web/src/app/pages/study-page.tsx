import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { PageHeader } from "@/components/page-header";
import { QueryView } from "@/components/query-view";
import { StatusBadge } from "@/components/status-badge";
import { StudyView } from "@/features/tuning/components/study-view";
import { studyQuery } from "@/features/tuning/queries";
import { useI18n } from "@/lib/i18n/i18n-context";

const route = getRouteApi("/p/$project/training/studies/$studyId");

export function StudyPage() {
  const { t, term } = useI18n();
  const { project, studyId } = route.useParams();
  const query = useQuery(studyQuery(studyId));
  return (
    <QueryView query={query}>
      {(study) => (
        <>
          <PageHeader
            title={study.name}
            about={t("study.goal", { mode: term("mode", study.mode), metric: study.metric })}
            badge={<StatusBadge status={study.workload.status} />}
          />
          <StudyView project={project} study={study} />
        </>
      )}
    </QueryView>
  );
}
