import { useQuery } from "@tanstack/react-query";

import { type Column, DataTable } from "@/components/data-table";
import { QueryView } from "@/components/query-view";
import { quotasQuery } from "@/features/quotas/queries";
import { amount, share } from "@/features/quotas/amount";
import { cn } from "@/lib/class-names";
import type { Quota } from "@/lib/api/types";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";

interface QuotasTableProps {
  organization: string;
  /** Names of projects and people by their ids. */
  names: ReadonlyMap<string, string>;
}

/** Limits of the organization, its projects and its people, and how much of each is used. */
export function QuotasTable({ organization, names }: QuotasTableProps) {
  const i18n = useI18n();
  const query = useQuery(quotasQuery(organization));
  return (
    <QueryView query={query}>
      {(quotas) =>
        quotas.length === 0 ? (
          <p className="py-2 text-muted-foreground">{i18n.t("quotas.none")}</p>
        ) : (
          <DataTable
            label={i18n.t("quotas.title")}
            columns={columns(names, i18n)}
            rows={quotas}
            rowKey={({ project_id, user_id, resource }) => `${project_id} ${user_id} ${resource}`}
          />
        )
      }
    </QueryView>
  );
}

function columns(names: ReadonlyMap<string, string>, { t, term, format }: I18n): Column<Quota>[] {
  return [
    {
      key: "of",
      header: t("quotas.of"),
      cell: ({ project_id, user_id }) => {
        const id = project_id ?? user_id;
        return <span className="wrap-anywhere">{id ? (names.get(id) ?? id) : t("quotas.wholeOrganization")}</span>;
      },
    },
    { key: "resource", header: t("quotas.resource"), cell: ({ resource }) => term("limited", resource) },
    {
      key: "used",
      header: t("quotas.used"),
      cell: (quota) => (
        <>
          {amount(quota.resource, quota.used, format)}
          <Gauge quota={quota} />
        </>
      ),
    },
    {
      key: "soft",
      header: t("quotas.soft"),
      from: "md",
      align: "right",
      cell: ({ resource, soft }) => (soft === null ? "–" : amount(resource, soft, format)),
    },
    {
      key: "hard",
      header: t("quotas.hard"),
      align: "right",
      cell: ({ resource, hard }) => (hard === null ? "–" : amount(resource, hard, format)),
    },
  ];
}

/** What the number before it says, as a length. */
function Gauge({ quota }: { quota: Quota }) {
  const part = share(quota);
  if (part === null) return null;
  const over = part >= 1 || (quota.soft !== null && quota.used > quota.soft);
  return (
    <span aria-hidden className="mt-1 block h-1.5 w-24 max-w-full overflow-hidden rounded-full bg-muted">
      <span
        className={cn("block h-full rounded-full", over ? "bg-warning" : "bg-primary")}
        style={{ width: `${part * 100}%` }}
      />
    </span>
  );
}
