import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Cpu } from "lucide-react";

import type { Column } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { PagedTable } from "@/components/paged-table";
import { ProblemNote } from "@/components/problem-note";
import { StatusBadge } from "@/components/status-badge";
import { textLinkClasses } from "@/components/text-link";
import { Ago } from "@/components/ago";
import { Button } from "@/components/ui/button";
import { trainingJobsQuery, useJobChange } from "@/features/training/queries";
import type { TrainingJob } from "@/lib/api/types";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";

const RETRIED = new Set(["failed", "cancelled"]);
const OVER = new Set([...RETRIED, "succeeded", "stopping"]);

export function JobsTable({ project }: { project: string }) {
  const i18n = useI18n();
  const query = useInfiniteQuery(trainingJobsQuery(project));
  const { mutate, error, isPending } = useJobChange();
  const change = (job: TrainingJob) => {
    const word = RETRIED.has(job.workload.status) ? "retry" : "cancel";
    if (word === "cancel" && OVER.has(job.workload.status)) return null;
    return (
      <Button
        variant={word === "cancel" ? "danger" : "outline"}
        size="small"
        disabled={isPending}
        aria-label={i18n.t(word === "cancel" ? "job.cancelNamed" : "job.retryNamed", { name: job.name })}
        onClick={() => mutate({ jobId: job.id, change: word })}
      >
        {i18n.t(word === "cancel" ? "action.cancel" : "action.retry")}
      </Button>
    );
  };
  return (
    <>
      {error && (
        <div className="mb-4">
          <ProblemNote error={error} />
        </div>
      )}
      <PagedTable
        label={i18n.t("training.jobs")}
        query={query}
        columns={[
          ...columns(project, i18n),
          { key: "change", header: i18n.t("column.actions"), align: "right", cell: change },
        ]}
        empty={
          <EmptyState
            icon={Cpu}
            title={i18n.t("training.none")}
            about={i18n.t("training.noneAbout")}
            command="trine job submit examples/lm.yaml"
          />
        }
      />
    </>
  );
}

function columns(project: string, { t, format }: I18n): Column<TrainingJob>[] {
  return [
    {
      key: "name",
      header: t("column.name"),
      cell: (job) => (
        <Link
          to="/p/$project/experiments/runs/$runId"
          params={{ project, runId: job.run_id }}
          className={textLinkClasses}
        >
          {job.name}
        </Link>
      ),
    },
    { key: "recipe", header: t("column.recipe"), from: "md", cell: (job) => <code>{job.recipe}</code> },
    { key: "status", header: t("column.status"), cell: (job) => <StatusBadge status={job.workload.status} /> },
    {
      key: "attempt",
      header: t("column.attempt"),
      from: "lg",
      align: "right",
      cell: (job) => format.count(job.workload.attempt),
    },
    {
      key: "created",
      header: t("column.created"),
      from: "md",
      align: "right",
      cell: (job) => <Ago when={job.created_at} />,
    },
  ];
}
