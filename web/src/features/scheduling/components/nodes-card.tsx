import { useQuery } from "@tanstack/react-query";
import { Server } from "lucide-react";

import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/empty-state";
import { QueryView } from "@/components/query-view";
import { nodesQuery } from "@/features/scheduling/queries";
import type { Node } from "@/lib/api/types";
import { cn } from "@/lib/class-names";
import { useI18n } from "@/lib/i18n/i18n-context";

/** The nodes of the cluster and what they have. */
export function NodesCard() {
  const { t, format } = useI18n();
  const query = useQuery(nodesQuery);
  const alive = query.data?.filter((node) => node.alive) ?? [];
  const aside = alive.length > 0 && (
    <span className="tabular text-xs text-muted-foreground" data-total="cluster">
      {t("nodes.total", {
        nodes: format.count(alive.length),
        cpu: format.count(sum(alive, "cpu")),
        gpu: format.count(sum(alive, "gpu")),
      })}
    </span>
  );
  return (
    <Card title={t("nodes.title")} aside={aside}>
      <QueryView query={query}>
        {(nodes) =>
          nodes.length === 0 ? (
            <EmptyState icon={Server} title={t("nodes.none")} about={t("nodes.noneAbout")} command="trine status" />
          ) : (
            <ul className="divide-y divide-border">
              {nodes.map((node) => (
                <NodeLine key={node.id} node={node} />
              ))}
            </ul>
          )
        }
      </QueryView>
    </Card>
  );
}

function NodeLine({ node }: { node: Node }) {
  const { t, format } = useI18n();
  return (
    <li className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 py-2">
      <span className="flex min-w-0 items-center gap-2">
        <span aria-hidden className={cn("size-2 shrink-0 rounded-full", node.alive ? "bg-success" : "bg-danger")} />
        <span className="font-medium wrap-anywhere">{node.hostname}</span>
        <span className={node.alive ? "sr-only" : "text-xs text-danger"}>
          {node.alive ? t("nodes.alive") : t("nodes.lost")}
        </span>
      </span>
      <span className="tabular text-xs text-muted-foreground">
        CPU {format.count(node.cpu)} · GPU {format.count(node.gpu)}
        {node.virtual_gpu && node.gpu > 0 && ` ${t("nodes.virtual")}`} · {format.bytes(node.memory)}
      </span>
    </li>
  );
}

function sum(nodes: readonly Node[], what: "cpu" | "gpu"): number {
  return nodes.reduce((total, node) => total + node[what], 0);
}
