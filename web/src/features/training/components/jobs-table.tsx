import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Cpu } from "lucide-react";
import { useState } from "react";

import type { Column } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { textLinkClasses } from "@/components/text-link";
import { Button } from "@/components/ui/button";
import { WorkTable } from "@/components/work-table";
import { JobChangeDialog } from "@/features/training/components/job-change-dialog";
import { possibleChange } from "@/features/training/job-change";
import { type JobChange, trainingJobsQuery } from "@/features/training/queries";
import type { TrainingJob } from "@/lib/api/types";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";
import type { WorkSearch } from "@/lib/work-search";

interface JobsTableProps {
  project: string;
  search: WorkSearch;
  onSearch: (search: WorkSearch) => void;
}

/** The jobs of a project, narrowed by the address; one or several are cancelled and retried. */
export function JobsTable({ project, search, onSearch }: JobsTableProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const query = useInfiniteQuery(trainingJobsQuery(project, search));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<{ change: JobChange; jobs: TrainingJob[] } | null>(null);

  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  // Only what one sees is changed: a row that a filter took away is no longer chosen.
  const jobs = rows.filter((job) => chosen.has(job.id));
  const change: Column<TrainingJob> = {
    key: "change",
    header: t("column.actions"),
    align: "right",
    cell: (job) => {
      const possible = possibleChange(job);
      return possible && <ChangeButton change={possible} jobs={[job]} onAsk={setAsked} />;
    },
  };

  return (
    <>
      <WorkTable
        label={t("training.jobs")}
        query={query}
        columns={columns(project, i18n)}
        actions={change}
        search={search}
        onSearch={onSearch}
        selection={{ chosen, onChange: setChosen, name: (job) => job.name }}
        empty={
          <EmptyState
            icon={Cpu}
            title={t("training.none")}
            about={t("training.noneAbout")}
            command="trine job submit examples/lm.yaml"
          />
        }
      >
        {jobs.length > 0 && (
          <div role="toolbar" aria-label={t("table.chosen")} className="flex flex-wrap items-center gap-2">
            <span className="mr-auto text-muted-foreground">{t("table.chosenCount", { count: jobs.length })}</span>
            {(["cancel", "retry"] as const).map((each) => (
              <ChangeButton
                key={each}
                change={each}
                counted
                jobs={jobs.filter((job) => possibleChange(job) === each)}
                onAsk={setAsked}
              />
            ))}
          </div>
        )}
      </WorkTable>
      {asked && (
        <JobChangeDialog
          {...asked}
          onClose={() => {
            setAsked(null);
            setChosen(new Set());
          }}
        />
      )}
    </>
  );
}

interface ChangeButtonProps {
  change: JobChange;
  jobs: TrainingJob[];
  /** Whether it tells how many jobs it changes, rather than which. */
  counted?: boolean;
  onAsk: (asked: { change: JobChange; jobs: TrainingJob[] }) => void;
}

function ChangeButton({ change, jobs, counted = false, onAsk }: ChangeButtonProps) {
  const { t } = useI18n();
  const label = counted
    ? t(change === "cancel" ? "job.cancelCount" : "job.retryCount", { count: jobs.length })
    : t(change === "cancel" ? "job.cancelNamed" : "job.retryNamed", { name: jobs[0]?.name ?? "" });
  return (
    <Button
      variant={change === "cancel" ? "danger" : "outline"}
      size="small"
      disabled={jobs.length === 0}
      aria-label={counted ? undefined : label}
      onClick={() => onAsk({ change, jobs })}
    >
      {counted ? label : t(change === "cancel" ? "action.cancel" : "action.retry")}
    </Button>
  );
}

function columns(project: string, { t, format }: I18n): Column<TrainingJob>[] {
  return [
    {
      key: "name",
      header: t("column.name"),
      sort: "name",
      cell: (job) => (
        <Link to="/p/$project/training/jobs/$jobId" params={{ project, jobId: job.id }} className={textLinkClasses}>
          {job.name}
        </Link>
      ),
    },
    { key: "recipe", header: t("column.recipe"), from: "md", cell: (job) => <code>{job.recipe}</code> },
    {
      key: "attempt",
      header: t("column.attempt"),
      from: "lg",
      align: "right",
      cell: (job) => format.count(job.workload.attempt),
    },
  ];
}
