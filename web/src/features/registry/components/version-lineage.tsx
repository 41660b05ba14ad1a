import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { type Column, DataTable } from "@/components/data-table";
import { QueryView } from "@/components/query-view";
import { StatusBadge } from "@/components/status-badge";
import { textLinkClasses } from "@/components/text-link";
import { lineageQuery } from "@/features/registry/queries";
import type { Lineage } from "@/lib/api/types";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";

type Node = Lineage["nodes"][number];
type Edge = Lineage["edges"][number];

interface VersionLineageProps {
  project: string;
  modelId: string;
  version: number;
}

/** What a version came of and what became of it, step by step, with what each step took. */
export function VersionLineage({ project, modelId, version }: VersionLineageProps) {
  const i18n = useI18n();
  const query = useQuery(lineageQuery(modelId, version));
  return (
    <QueryView query={query}>
      {(lineage) => (
        <DataTable
          label={i18n.t("lineage.title")}
          columns={columns(project, new Map(lineage.nodes.map((node) => [node.key, node])), i18n)}
          rows={lineage.edges}
          rowKey={(edge) => `${edge.source} ${edge.target} ${edge.how}`}
        />
      )}
    </QueryView>
  );
}

function columns(project: string, nodes: ReadonlyMap<string, Node>, { t, term, format }: I18n): Column<Edge>[] {
  const end = (key: string) => {
    const node = nodes.get(key);
    return node ? <End project={project} node={node} /> : "–";
  };
  return [
    { key: "source", header: t("lineage.from"), cell: (edge) => end(edge.source) },
    { key: "how", header: t("lineage.how"), from: "sm", cell: (edge) => term("lineageStep", edge.how) },
    { key: "target", header: t("lineage.to"), cell: (edge) => end(edge.target) },
    {
      key: "cost",
      header: t("lineage.cost"),
      from: "md",
      align: "right",
      cell: ({ cost }) =>
        cost.cpu_seconds === 0 && cost.gpu_seconds === 0
          ? "–"
          : `CPU ${format.duration(cost.cpu_seconds)}${cost.gpu_seconds > 0 ? ` · GPU ${format.duration(cost.gpu_seconds)}` : ""}`,
    },
  ];
}

function End({ project, node }: { project: string; node: Node }) {
  const { term } = useI18n();
  return (
    <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
      {node.kind === "run" && node.id ? (
        <Link to="/p/$project/experiments/runs/$runId" params={{ project, runId: node.id }} className={textLinkClasses}>
          {node.name}
        </Link>
      ) : (
        <span className="font-medium wrap-anywhere">{node.name}</span>
      )}
      <span className="text-xs text-muted-foreground">{term("lineageKind", node.kind)}</span>
      {node.status && <StatusBadge status={node.status} />}
    </span>
  );
}
