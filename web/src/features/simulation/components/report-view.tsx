import { useQuery } from "@tanstack/react-query";
import { ExternalLink } from "lucide-react";

import { KeyValues } from "@/components/key-values";
import { QueryView } from "@/components/query-view";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EpisodeReplay } from "@/features/simulation/components/episode-replay";
import { REPORTING, reportQuery } from "@/features/simulation/queries";
import { RECORDINGS } from "@/features/simulation/recording";
import { fileAddress } from "@/lib/api/file-address";
import { Problem } from "@/lib/api/problem";
import type { Simulation } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

const PAGE = "report.html";
/** Without a report if there is none by now. */
const ENDED: ReadonlySet<string> = new Set(["failed", "cancelled"]);

/** The figures of a simulation, and its report as the job wrote it, in a frame without scripts or origin. */
export function ReportView({ simulation }: { simulation: Simulation }) {
  const { t, format } = useI18n();
  const query = useQuery(reportQuery(simulation));
  const { status } = simulation.workload;
  const missing = query.error instanceof Problem && query.error.status === 404;
  if (!REPORTING.has(status) || (status === "failed" && missing)) {
    return <p className="text-muted-foreground">{t(ENDED.has(status) ? "report.none" : "report.notYet")}</p>;
  }
  return (
    <QueryView query={query} waiting="h-60">
      {(report) => {
        const address = fileAddress(report.artifact_id, PAGE);
        const figures = Object.entries(report.summary).map(
          ([name, value]) => [name, typeof value === "number" ? format.value(value) : JSON.stringify(value)] as const,
        );
        return (
          <div className="space-y-4">
            {figures.length > 0 && (
              <Card title={t("report.figures")}>
                <KeyValues entries={figures} />
              </Card>
            )}
            {report.files.includes(RECORDINGS) && <EpisodeReplay artifactId={report.artifact_id} />}
            {report.files.includes(PAGE) && (
              <Card
                title={t("report.title")}
                aside={
                  <Button asChild variant="outline" size="small">
                    <a href={address} target="_blank" rel="noreferrer">
                      <ExternalLink aria-hidden />
                      {t("report.open")}
                    </a>
                  </Button>
                }
              >
                <iframe
                  src={address}
                  sandbox=""
                  title={t("report.title")}
                  className="h-[80vh] w-full rounded-lg border border-border bg-white"
                />
              </Card>
            )}
          </div>
        );
      }}
    </QueryView>
  );
}
