import { Link, getRouteApi } from "@tanstack/react-router";
import { Plus } from "lucide-react";

import { TrainingTabs } from "@/app/pages/training-tabs";
import { PageHeader } from "@/components/page-header";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { JobsTable } from "@/features/training/components/jobs-table";
import { useI18n } from "@/lib/i18n/i18n-context";

const route = getRouteApi("/p/$project/training/");

export function TrainingPage() {
  const { t } = useI18n();
  const { project } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <>
      <PageHeader
        title={t("nav.training")}
        about={t("training.about")}
        actions={
          <Button asChild>
            <Link to="/p/$project/training/new" params={{ project }}>
              <Plus aria-hidden />
              {t("newJob.title")}
            </Link>
          </Button>
        }
      />
      <TrainingTabs project={project} />
      <Panel>
        <JobsTable
          project={project}
          search={search}
          onSearch={(next) => void navigate({ search: next, replace: true, resetScroll: false })}
        />
      </Panel>
    </>
  );
}
