import { Link } from "@tanstack/react-router";
import { X } from "lucide-react";
import { useState } from "react";

import { Ago } from "@/components/ago";
import { Confirmed } from "@/components/confirmed";
import { type Column, DataTable } from "@/components/data-table";
import { textLinkClasses } from "@/components/text-link";
import { Button } from "@/components/ui/button";
import { AliasDialog } from "@/features/registry/components/alias-dialog";
import { DeployVersionDialog } from "@/features/registry/components/deploy-version-dialog";
import { useAliasRemoval } from "@/features/registry/queries";
import { cn } from "@/lib/class-names";
import type { Model, ModelVersion, Service } from "@/lib/api/types";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";

const METRICS_SHOWN = 3;

interface VersionsTableProps {
  project: string;
  model: Model & { versions: readonly ModelVersion[] };
  onDeployed: (service: Service) => void;
}

/** The versions of a model: where each comes from, what it is called, and what one may do with it. */
export function VersionsTable({ project, model, onDeployed }: VersionsTableProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const [asked, setAsked] = useState<{ what: "alias" | "deploy"; version: ModelVersion } | null>(null);
  if (model.versions.length === 0) return <p className="text-muted-foreground">{t("models.noVersions")}</p>;
  const actions: Column<ModelVersion> = {
    key: "actions",
    header: t("column.actions"),
    align: "right",
    cell: (version) => (
      <span className="flex flex-wrap justify-end gap-2">
        <Button
          variant="outline"
          size="small"
          aria-label={t("alias.moveTo", { version: version.version })}
          onClick={() => setAsked({ what: "alias", version })}
        >
          {t("alias.title")}
        </Button>
        <Button
          size="small"
          aria-label={t("models.deployNamed", { name: model.name, version: version.version })}
          onClick={() => setAsked({ what: "deploy", version })}
        >
          {t("models.deploy")}
        </Button>
      </span>
    ),
  };
  return (
    <>
      <DataTable
        label={t("models.versions")}
        columns={[...columns(project, model.id, i18n), actions]}
        rows={model.versions}
        rowKey={(version) => version.id}
      />
      {asked?.what === "alias" && <AliasDialog model={model} version={asked.version} onClose={() => setAsked(null)} />}
      {asked?.what === "deploy" && (
        <DeployVersionDialog
          project={project}
          model={model}
          version={asked.version}
          onDeployed={onDeployed}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}

function Alias({ modelId, alias }: { modelId: string; alias: string }) {
  const { t } = useI18n();
  const removal = useAliasRemoval(modelId);
  return (
    <span
      className="inline-flex items-center rounded-full bg-accent pl-2 text-xs text-accent-foreground"
      data-alias={alias}
    >
      {alias}
      <Confirmed
        trigger={
          <button type="button" aria-label={t("alias.remove", { alias })} className="grid size-6 place-items-center">
            <X aria-hidden className="size-3" />
          </button>
        }
        title={t("alias.remove", { alias })}
        about={t("alias.removeAbout")}
        action={t("alias.removeAction")}
        mutation={removal}
        onConfirm={(close) => removal.mutate(alias, { onSuccess: close })}
      />
    </span>
  );
}

function columns(project: string, modelId: string, { t, format }: I18n): Column<ModelVersion>[] {
  return [
    {
      key: "version",
      header: t("column.version"),
      cell: (version) => (
        <span className="flex flex-wrap items-center gap-2">
          <Link
            to="/p/$project/experiments/models/$modelId"
            params={{ project, modelId }}
            search={{ version: version.version }}
            resetScroll={false}
            className={textLinkClasses}
          >
            v{version.version}
          </Link>
          {version.aliases.map((alias) => (
            <Alias key={alias} modelId={modelId} alias={alias} />
          ))}
        </span>
      ),
    },
    {
      key: "run",
      header: t("models.madeBy"),
      from: "sm",
      cell: (version) => (
        <Link
          to="/p/$project/experiments/runs/$runId"
          params={{ project, runId: version.run_id }}
          className={cn(textLinkClasses, "whitespace-nowrap")}
        >
          {t("models.run")}
        </Link>
      ),
    },
    { key: "framework", header: t("column.framework"), from: "md", cell: (version) => version.framework },
    {
      key: "licence",
      header: t("models.licence"),
      from: "lg",
      cell: (version) => version.licence ?? "–",
    },
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
    {
      key: "size",
      header: t("column.size"),
      from: "sm",
      align: "right",
      cell: (version) => <span className="whitespace-nowrap">{format.bytes(version.size)}</span>,
    },
    {
      key: "created",
      header: t("column.created"),
      from: "lg",
      align: "right",
      cell: (version) => <Ago when={version.created_at} />,
    },
  ];
}
