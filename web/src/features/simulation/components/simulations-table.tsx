import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Gamepad2 } from "lucide-react";

import type { Column } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { textLinkClasses } from "@/components/text-link";
import { WorkTable } from "@/components/work-table";
import { simulationsQuery } from "@/features/simulation/queries";
import type { Simulation } from "@/lib/api/types";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";
import type { WorkSearch } from "@/lib/work-search";

interface SimulationsTableProps {
  project: string;
  search: WorkSearch;
  onSearch: (search: WorkSearch) => void;
}

export function SimulationsTable({ project, search, onSearch }: SimulationsTableProps) {
  const i18n = useI18n();
  const query = useInfiniteQuery(simulationsQuery(project, search));
  return (
    <WorkTable
      label={i18n.t("simulations.title")}
      query={query}
      columns={columns(project, i18n)}
      search={search}
      onSearch={onSearch}
      empty={
        <EmptyState
          icon={Gamepad2}
          title={i18n.t("simulations.none")}
          about={i18n.t("simulations.noneAbout")}
          command="trine sim submit examples/simulation.yaml"
        />
      }
    />
  );
}

function columns(project: string, { t }: I18n): Column<Simulation>[] {
  return [
    {
      key: "name",
      header: t("column.name"),
      sort: "name",
      cell: (simulation) => (
        <Link
          to="/p/$project/simulation/$simulationId"
          params={{ project, simulationId: simulation.id }}
          className={textLinkClasses}
        >
          {simulation.name}
        </Link>
      ),
    },
    {
      key: "environment",
      header: t("column.environment"),
      from: "md",
      cell: (simulation) => <code>{simulation.environment}</code>,
    },
  ];
}
