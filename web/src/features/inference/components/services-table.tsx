import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Radio } from "lucide-react";

import type { Column } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { NamedTable } from "@/components/named-table";
import { textLinkClasses } from "@/components/text-link";
import { Ago } from "@/components/ago";
import { ServiceState } from "@/features/inference/components/service-state";
import { servicesQuery } from "@/features/inference/queries";
import type { Service } from "@/lib/api/types";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";
import type { NameSearch } from "@/lib/name-search";

interface ServicesTableProps {
  project: string;
  search: NameSearch;
  onSearch: (search: NameSearch) => void;
}

export function ServicesTable({ project, search, onSearch }: ServicesTableProps) {
  const i18n = useI18n();
  const query = useInfiniteQuery(servicesQuery(project, search));
  return (
    <NamedTable
      label={i18n.t("services.title")}
      query={query}
      columns={columns(project, i18n)}
      search={search}
      onSearch={onSearch}
      empty={
        <EmptyState
          icon={Radio}
          title={i18n.t("services.none")}
          about={i18n.t("services.noneAbout")}
          command={"trine service create chat\ntrine service deploy chat --model NAME --wait"}
        />
      }
    />
  );
}

function columns(project: string, { t }: I18n): Column<Service>[] {
  return [
    {
      key: "name",
      header: t("column.name"),
      cell: (service) => (
        <Link
          to="/p/$project/inference/$serviceId"
          params={{ project, serviceId: service.id }}
          className={textLinkClasses}
        >
          {service.name}
        </Link>
      ),
    },
    { key: "about", header: t("column.about"), from: "md", cell: (service) => service.description || "–" },
    { key: "status", header: t("column.status"), cell: (service) => <ServiceState serviceId={service.id} /> },
    {
      key: "created",
      header: t("column.created"),
      from: "sm",
      align: "right",
      cell: (service) => <Ago when={service.created_at} />,
    },
  ];
}
