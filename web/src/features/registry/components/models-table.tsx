import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Boxes } from "lucide-react";

import type { Column } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { NamedTable } from "@/components/named-table";
import { textLinkClasses } from "@/components/text-link";
import { Ago } from "@/components/ago";
import { modelsQuery } from "@/features/registry/queries";
import type { Model } from "@/lib/api/types";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";
import type { NameSearch } from "@/lib/name-search";

interface ModelsTableProps {
  project: string;
  search: NameSearch;
  onSearch: (search: NameSearch) => void;
}

export function ModelsTable({ project, search, onSearch }: ModelsTableProps) {
  const i18n = useI18n();
  const query = useInfiniteQuery(modelsQuery(project, search));
  return (
    <NamedTable
      label={i18n.t("models.title")}
      query={query}
      columns={columns(project, i18n)}
      search={search}
      onSearch={onSearch}
      empty={
        <EmptyState
          icon={Boxes}
          title={i18n.t("models.none")}
          about={i18n.t("models.noneAbout")}
          command="trine job submit examples/lm.yaml"
        />
      }
    />
  );
}

function columns(project: string, { t }: I18n): Column<Model>[] {
  return [
    {
      key: "name",
      header: t("column.name"),
      cell: (model) => (
        <Link
          to="/p/$project/experiments/models/$modelId"
          params={{ project, modelId: model.id }}
          className={textLinkClasses}
        >
          {model.name}
        </Link>
      ),
    },
    { key: "about", header: t("column.about"), from: "md", cell: (model) => model.description || "–" },
    { key: "created", header: t("column.created"), align: "right", cell: (model) => <Ago when={model.created_at} /> },
  ];
}
