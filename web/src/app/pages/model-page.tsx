import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { CopyCommand } from "@/components/copy-command";
import { PageHeader } from "@/components/page-header";
import { PageQuery } from "@/components/page-query";
import { Card } from "@/components/ui/card";
import { ModelCard } from "@/features/registry/components/model-card";
import { VersionLineage } from "@/features/registry/components/version-lineage";
import { VersionsTable } from "@/features/registry/components/versions-table";
import { modelQuery } from "@/features/registry/queries";
import { useI18n } from "@/lib/i18n/i18n-context";

const route = getRouteApi("/p/$project/experiments/models/$modelId");

export function ModelPage() {
  const { t } = useI18n();
  const { project, modelId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(modelQuery(modelId));
  return (
    <PageQuery query={query}>
      {(model) => {
        const newest = model.versions.reduce((most, { version }) => Math.max(most, version), 0);
        const version = model.versions.some((each) => each.version === search.version) ? search.version : newest;
        return (
          <>
            <PageHeader title={model.name} about={model.description || undefined} />
            <div className="space-y-4">
              <Card title={t("models.versions")}>
                <VersionsTable
                  project={project}
                  model={model}
                  onDeployed={(service) =>
                    void navigate({
                      to: "/p/$project/inference/$serviceId",
                      params: { project, serviceId: service.id },
                    })
                  }
                />
              </Card>
              {version !== undefined && version > 0 && (
                <>
                  <Card title={t("models.cardOf", { version })}>
                    <ModelCard modelId={model.id} version={version} />
                  </Card>
                  <Card title={t("lineage.of", { version })}>
                    <VersionLineage project={project} modelId={model.id} version={version} />
                  </Card>
                </>
              )}
              {model.versions.length > 0 && (
                <Card title={t("models.serve")}>
                  <CopyCommand
                    command={`trine service create ${model.name}\ntrine service deploy ${model.name} --model ${model.name} --wait`}
                  />
                </Card>
              )}
            </div>
          </>
        );
      }}
    </PageQuery>
  );
}
