import { useQuery } from "@tanstack/react-query";
import { Package } from "lucide-react";

import { EmptyState } from "@/components/empty-state";
import { QueryView } from "@/components/query-view";
import { textLinkClasses } from "@/components/text-link";
import { Ago } from "@/components/ago";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { artifactQuery, artifactsQuery } from "@/features/experiments/queries";
import { fileAddress } from "@/lib/api/file-address";
import type { Artifact } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

const DIGEST_SHOWN = 12;

export function RunArtifacts({ runId }: { runId: string }) {
  const { t } = useI18n();
  const query = useQuery(artifactsQuery(runId));
  return (
    <QueryView query={query}>
      {(artifacts) =>
        artifacts.length === 0 ? (
          <EmptyState
            icon={Package}
            title={t("artifacts.none")}
            about={t("artifacts.noneAbout")}
            command='run.log_artifact("results/")'
          />
        ) : (
          <div className="space-y-4">
            {artifacts.map((artifact) => (
              <ArtifactCard key={artifact.id} artifact={artifact} />
            ))}
          </div>
        )
      }
    </QueryView>
  );
}

function ArtifactCard({ artifact }: { artifact: Artifact }) {
  const { term, format } = useI18n();
  const { data } = useQuery(artifactQuery(artifact.id));
  return (
    <Card
      title={artifact.name}
      aside={
        <span className="text-xs text-muted-foreground">
          {term("artifact", artifact.type)} · {format.bytes(artifact.size)} ·{" "}
          <code title={artifact.digest}>{artifact.digest.slice(0, DIGEST_SHOWN)}</code> ·{" "}
          <Ago when={artifact.created_at} />
        </span>
      }
    >
      {data ? (
        <ul className="divide-y divide-border">
          {data.files.map((file) => (
            <li key={file.path} className="flex items-baseline justify-between gap-4 py-1.5">
              <a
                href={fileAddress(artifact.id, file.path)}
                target="_blank"
                rel="noreferrer"
                className={textLinkClasses}
              >
                {file.path}
              </a>
              <span className="tabular shrink-0 text-xs text-muted-foreground">{format.bytes(file.size)}</span>
            </li>
          ))}
        </ul>
      ) : (
        <Skeleton className="h-8" />
      )}
    </Card>
  );
}
