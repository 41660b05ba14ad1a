import { Link } from "@tanstack/react-router";

import { type Column, DataTable } from "@/components/data-table";
import { textLinkClasses } from "@/components/text-link";
import { Ago } from "@/components/ago";
import type { ModelVersion } from "@/lib/api/types";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";

const METRICS_SHOWN = 3;

export function VersionsTable({ project, versions }: { project: string; versions: readonly ModelVersion[] }) {
  const i18n = useI18n();
  if (versions.length === 0) return <p className="text-muted-foreground">{i18n.t("models.noVersions")}</p>;
  return (
    <DataTable
      label={i18n.t("models.versions")}
      columns={columns(project, i18n)}
      rows={versions}
      rowKey={(version) => version.id}
    />
  );
}

function columns(project: string, { t, format }: I18n): Column<ModelVersion>[] {
  return [
    {
      key: "version",
      header: t("column.version"),
      cell: (version) => (
        <span className="flex flex-wrap items-center gap-2">
          <Link
            to="/p/$project/experiments/runs/$runId"
            params={{ project, runId: version.run_id }}
            className={textLinkClasses}
          >
            v{version.version}
          </Link>
          {version.aliases.map((alias) => (
            <span key={alias} className="rounded-full bg-accent px-2 py-0.5 text-xs text-accent-foreground">
              {alias}
            </span>
          ))}
        </span>
      ),
    },
    { key: "framework", header: t("column.framework"), from: "md", cell: (version) => version.framework },
    {
      key: "metrics",
      header: t("column.metrics"),
      from: "lg",
      cell: (version) => (
        <span className="font-mono text-xs wrap-anywhere">
          {Object.entries(version.metrics)
            .filter((entry): entry is [string, number] => typeof entry[1] === "number")
            .slice(0, METRICS_SHOWN)
            .map(([name, value]) => `${name} ${format.value(value)}`)
            .join("  ")}
        </span>
      ),
    },
    { key: "size", header: t("column.size"), align: "right", cell: (version) => format.bytes(version.size) },
    {
      key: "created",
      header: t("column.created"),
      from: "sm",
      align: "right",
      cell: (version) => <Ago when={version.created_at} />,
    },
  ];
}
