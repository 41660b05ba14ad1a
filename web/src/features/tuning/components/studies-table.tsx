import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { SlidersHorizontal } from "lucide-react";

import type { Column } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { textLinkClasses } from "@/components/text-link";
import { WorkTable } from "@/components/work-table";
import { studiesQuery } from "@/features/tuning/queries";
import type { Study } from "@/lib/api/types";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";
import type { WorkSearch } from "@/lib/work-search";

interface StudiesTableProps {
  project: string;
  search: WorkSearch;
  onSearch: (search: WorkSearch) => void;
}

export function StudiesTable({ project, search, onSearch }: StudiesTableProps) {
  const i18n = useI18n();
  const query = useInfiniteQuery(studiesQuery(project, search));
  return (
    <WorkTable
      label={i18n.t("training.studies")}
      query={query}
      columns={columns(project, i18n)}
      search={search}
      onSearch={onSearch}
      empty={
        <EmptyState
          icon={SlidersHorizontal}
          title={i18n.t("studies.none")}
          about={i18n.t("studies.noneAbout")}
          command="trine study submit examples/study.yaml"
        />
      }
    />
  );
}

function columns(project: string, { t, term }: I18n): Column<Study>[] {
  return [
    {
      key: "name",
      header: t("column.name"),
      sort: "name",
      cell: (study) => (
        <Link
          to="/p/$project/training/studies/$studyId"
          params={{ project, studyId: study.id }}
          className={textLinkClasses}
        >
          {study.name}
        </Link>
      ),
    },
    {
      key: "metric",
      header: t("column.goal"),
      from: "md",
      cell: (study) => t("study.goal", { mode: term("mode", study.mode), metric: study.metric }),
    },
  ];
}
