import { useQuery } from "@tanstack/react-query";

import { Difference } from "@/components/difference";
import { KeyValues } from "@/components/key-values";
import { QueryView } from "@/components/query-view";
import { textLinkClasses } from "@/components/text-link";
import { Card } from "@/components/ui/card";
import { comparisonQuery } from "@/features/experiments/comparison-queries";
import { previewQuery } from "@/features/experiments/queries";
import { fileAddress } from "@/lib/api/file-address";
import { useI18n } from "@/lib/i18n/i18n-context";

/** As `trine.capture` names what was changed and not committed. */
const PATCH = "git.diff";

/** Which commit a run began with, and what had been changed of it. */
export function RunCode({ project, runId }: { project: string; runId: string }) {
  const { t } = useI18n();
  const query = useQuery(comparisonQuery(project, [runId]));
  return (
    <Card title={t("run.code")}>
      <QueryView query={query}>
        {({ runs }) => {
          const code = runs[0]?.code;
          if (!code?.commit) return <p className="text-muted-foreground">{t("run.codeUnknown")}</p>;
          return (
            <div className="space-y-3">
              <KeyValues
                entries={[
                  [t("run.commit"), code.commit],
                  [t("run.branch"), code.branch ?? "–"],
                ]}
              />
              {code.artifact_id && code.patch ? (
                <Patch artifactId={code.artifact_id} />
              ) : (
                code.dirty === false && <p className="text-muted-foreground">{t("run.codeCommitted")}</p>
              )}
            </div>
          );
        }}
      </QueryView>
    </Card>
  );
}

function Patch({ artifactId }: { artifactId: string }) {
  const { t } = useI18n();
  const query = useQuery(previewQuery(artifactId, PATCH));
  return (
    <QueryView query={query}>
      {(preview) => (
        <>
          {preview.kind === "text" && <Difference label={t("run.codeChanged")} text={preview.text} />}
          <p className="text-xs text-muted-foreground">
            {preview.kind === "text" && preview.truncated && `${t("preview.part")} `}
            <a href={fileAddress(artifactId, PATCH)} target="_blank" rel="noreferrer" className={textLinkClasses}>
              {PATCH}
            </a>
          </p>
        </>
      )}
    </QueryView>
  );
}
