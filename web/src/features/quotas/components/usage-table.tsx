import { useQuery } from "@tanstack/react-query";

import { type Column, DataTable } from "@/components/data-table";
import { QueryView } from "@/components/query-view";
import { type Span, type UsageBy, usageQuery } from "@/features/quotas/queries";
import type { Usage } from "@/lib/api/types";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";

const HOUR = 3600;

interface UsageTableProps {
  organization: string;
  by: UsageBy;
  span: Span;
  names: ReadonlyMap<string, string>;
}

/** What was used: compute time, requests and tokens, and the sum of all lines. */
export function UsageTable({ organization, by, span, names }: UsageTableProps) {
  const i18n = useI18n();
  const query = useQuery(usageQuery(organization, by, span));
  return (
    <QueryView query={query} waiting="h-40">
      {(lines) =>
        lines.length === 0 ? (
          <p className="py-2 text-muted-foreground">{i18n.t("usage.none")}</p>
        ) : (
          <DataTable
            label={i18n.t("usage.title")}
            columns={columns(names, i18n)}
            rows={[...lines, total(lines)]}
            rowKey={key}
          />
        )
      }
    </QueryView>
  );
}

type Line = Usage & { isTotal?: boolean };

function columns(names: ReadonlyMap<string, string>, { t, format }: I18n): Column<Line>[] {
  const named = (line: Line) => {
    if (line.isTotal) return <strong>{t("usage.total")}</strong>;
    if (line.day) return format.date(line.day);
    const id = line.project_id ?? line.user_id;
    return <span className="wrap-anywhere">{id ? (names.get(id) ?? id) : t("usage.nobody")}</span>;
  };
  return [
    { key: "of", header: t("usage.of"), cell: named },
    {
      key: "gpu",
      header: t("usage.gpuHours"),
      align: "right",
      cell: ({ gpu_seconds }) => format.count(gpu_seconds / HOUR),
    },
    {
      key: "cpu",
      header: t("usage.cpuHours"),
      align: "right",
      cell: ({ cpu_seconds }) => format.count(cpu_seconds / HOUR),
    },
    {
      key: "requests",
      header: t("usage.requests"),
      from: "sm",
      align: "right",
      cell: ({ requests }) => format.count(requests),
    },
    {
      key: "tokens",
      header: t("usage.tokens"),
      from: "sm",
      align: "right",
      cell: ({ prompt_tokens, completion_tokens }) => format.count(prompt_tokens + completion_tokens),
    },
  ];
}

function total(lines: readonly Usage[]): Line {
  const sum = (of: (line: Usage) => number) => lines.reduce((all, line) => all + of(line), 0);
  return {
    isTotal: true,
    cpu_seconds: sum((line) => line.cpu_seconds),
    gpu_seconds: sum((line) => line.gpu_seconds),
    requests: sum((line) => line.requests),
    prompt_tokens: sum((line) => line.prompt_tokens),
    completion_tokens: sum((line) => line.completion_tokens),
  };
}

function key(line: Line): string {
  return line.isTotal ? "total" : (line.day ?? line.project_id ?? line.user_id ?? "nobody");
}
