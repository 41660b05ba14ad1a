import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Package } from "lucide-react";
import { useState } from "react";

import { Ago } from "@/components/ago";
import { EmptyState } from "@/components/empty-state";
import { NextPage } from "@/components/paged-table";
import { QueryView } from "@/components/query-view";
import { SearchField } from "@/components/search-field";
import { textLinkClasses } from "@/components/text-link";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { FilePreview } from "@/features/experiments/components/file-preview";
import { artifactQuery, artifactsQuery } from "@/features/experiments/queries";
import { fileAddress } from "@/lib/api/file-address";
import type { Artifact } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

const DIGEST_SHOWN = 12;
/** Files from which on one searches rather than reads. */
const MANY = 12;
const FILES_SHOWN = 200;

export function RunArtifacts({ runId }: { runId: string }) {
  const { t } = useI18n();
  const query = useInfiniteQuery(artifactsQuery(runId));
  return (
    <QueryView query={query}>
      {({ pages }) =>
        pages.every(({ items }) => items.length === 0) ? (
          <EmptyState
            icon={Package}
            title={t("artifacts.none")}
            about={t("artifacts.noneAbout")}
            command='run.log_artifact("results/")'
          />
        ) : (
          <div className="space-y-4">
            {pages.flatMap(({ items }) =>
              items.map((artifact) => <ArtifactCard key={artifact.id} artifact={artifact} />),
            )}
            <NextPage query={query} />
          </div>
        )
      }
    </QueryView>
  );
}

function ArtifactCard({ artifact }: { artifact: Artifact }) {
  const { t, term, format } = useI18n();
  const { data } = useQuery(artifactQuery(artifact.id));
  const [sought, setSought] = useState("");
  const found = data?.files.filter((file) => file.path.toLowerCase().includes(sought.trim().toLowerCase())) ?? [];
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
      {data && data.files.length > MANY && (
        <SearchField label={t("table.searchName")} value={sought} onChange={setSought} className="mb-2 sm:w-64" />
      )}
      {data ? (
        <ul className="divide-y divide-border">
          {found.slice(0, FILES_SHOWN).map((file) => (
            <FileLine key={file.path} artifactId={artifact.id} path={file.path} size={file.size} />
          ))}
        </ul>
      ) : (
        <Skeleton className="h-8" />
      )}
      {found.length > FILES_SHOWN && (
        <p className="mt-2 text-xs text-muted-foreground">
          {t("log.found", { count: format.count(FILES_SHOWN), total: format.count(found.length) })}
        </p>
      )}
    </Card>
  );
}

function FileLine({ artifactId, path, size }: { artifactId: string; path: string; size: number }) {
  const { t, format } = useI18n();
  const [open, setOpen] = useState(false);
  return (
    <li className="py-1.5">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <a href={fileAddress(artifactId, path)} target="_blank" rel="noreferrer" className={textLinkClasses}>
          {path}
        </a>
        <span className="flex shrink-0 items-center gap-3">
          <span className="tabular text-xs text-muted-foreground">{format.bytes(size)}</span>
          <Button
            variant="outline"
            size="small"
            aria-expanded={open}
            aria-label={open ? undefined : t("preview.show", { name: path })}
            onClick={() => setOpen(!open)}
          >
            {open ? t("preview.hide") : t("preview.action")}
          </Button>
        </span>
      </div>
      {open && (
        <div className="py-2">
          <FilePreview artifactId={artifactId} path={path} />
        </div>
      )}
    </li>
  );
}
