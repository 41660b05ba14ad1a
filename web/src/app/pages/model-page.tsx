import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { CopyCommand } from "@/components/copy-command";
import { PageHeader } from "@/components/page-header";
import { QueryView } from "@/components/query-view";
import { Card } from "@/components/ui/card";
import { VersionsTable } from "@/features/registry/components/versions-table";
import { modelQuery } from "@/features/registry/queries";
import { useI18n } from "@/lib/i18n/i18n-context";

const route = getRouteApi("/p/$project/experiments/models/$modelId");

export function ModelPage() {
  const { t } = useI18n();
  const { project, modelId } = route.useParams();
  const query = useQuery(modelQuery(modelId));
  return (
    <QueryView query={query}>
      {(model) => (
        <>
          <PageHeader title={model.name} about={model.description || undefined} />
          <div className="space-y-4">
            <Card title={t("models.versions")}>
              <VersionsTable project={project} versions={model.versions} />
            </Card>
            {model.versions.length > 0 && (
              <Card title={t("models.serve")}>
                <CopyCommand
                  command={`trine service create ${model.name}\ntrine service deploy ${model.name} --model ${model.name} --wait`}
                />
              </Card>
            )}
          </div>
        </>
      )}
    </QueryView>
  );
}
