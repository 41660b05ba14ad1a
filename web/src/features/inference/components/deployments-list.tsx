import { useQuery } from "@tanstack/react-query";

import { CopyCommand } from "@/components/copy-command";
import { type Column, DataTable } from "@/components/data-table";
import { QueryView } from "@/components/query-view";
import { StatusBadge } from "@/components/status-badge";
import { StopDeployment } from "@/features/inference/components/stop-deployment";
import { TrafficEditor } from "@/features/inference/components/traffic-editor";
import { deploymentsQuery } from "@/features/inference/queries";
import { routable } from "@/features/inference/traffic";
import type { Deployment, Service } from "@/lib/api/types";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";
import { reasonText } from "@/lib/reason-text";

export function DeploymentsList({ service }: { service: Service }) {
  const i18n = useI18n();
  const query = useQuery(deploymentsQuery(service.id));
  return (
    <QueryView query={query}>
      {(deployments) =>
        deployments.length === 0 ? (
          <div className="space-y-3">
            <p className="text-muted-foreground">{i18n.t("services.noDeployments")}</p>
            <CopyCommand command={`trine service deploy ${service.name} --model NAME --wait`} />
          </div>
        ) : (
          <>
            <DataTable
              label={i18n.t("services.deployments")}
              columns={columns(i18n)}
              rows={deployments}
              rowKey={(deployment) => deployment.id}
            />
            <TrafficEditor serviceId={service.id} deployments={deployments} />
          </>
        )
      }
    </QueryView>
  );
}

function columns({ t, term, format }: I18n): Column<Deployment>[] {
  return [
    {
      key: "model",
      header: t("column.model"),
      cell: (deployment) => (
        <>
          <span className="font-medium wrap-anywhere">{deployment.model}</span> v{deployment.version}
        </>
      ),
    },
    { key: "engine", header: t("column.engine"), from: "md", cell: (deployment) => deployment.engine },
    {
      key: "status",
      header: t("column.status"),
      cell: ({ workload }) => <StatusBadge status={workload.phase ?? workload.status} />,
    },
    {
      key: "reason",
      header: t("column.reason"),
      from: "lg",
      cell: ({ workload }) => (
        <span className="wrap-anywhere text-muted-foreground">{reasonText(term, workload.reason)}</span>
      ),
    },
    {
      key: "replicas",
      header: t("deploy.replicas"),
      from: "sm",
      align: "right",
      cell: ({ spec }) => (typeof spec["replicas"] === "number" ? format.count(spec["replicas"]) : "–"),
    },
    {
      key: "weight",
      header: t("column.weight"),
      align: "right",
      cell: (deployment) => format.count(deployment.weight),
    },
    {
      key: "actions",
      header: t("column.actions"),
      align: "right",
      cell: (deployment) => (routable([deployment]).length > 0 ? <StopDeployment deployment={deployment} /> : null),
    },
  ];
}
