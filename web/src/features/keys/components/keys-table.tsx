import { useInfiniteQuery } from "@tanstack/react-query";
import { KeyRound, RefreshCw } from "lucide-react";
import { useState } from "react";

import { Ago } from "@/components/ago";
import type { Column } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { PagedTable } from "@/components/paged-table";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { type KeyOwner, keysQuery } from "@/features/keys/queries";
import type { ApiKey, Project } from "@/lib/api/types";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";

import { RevokeKey, RotateDialog } from "./key-actions";

interface KeysTableProps {
  owner: KeyOwner;
  projects: readonly Project[];
  /** Keys that no longer work are listed too. */
  withRevoked: boolean;
  onWithRevoked: (is: boolean) => void;
}

export function KeysTable({ owner, projects, withRevoked, onWithRevoked }: KeysTableProps) {
  const i18n = useI18n();
  const query = useInfiniteQuery(keysQuery(owner, withRevoked));
  const [rotated, setRotated] = useState<ApiKey | null>(null);
  return (
    <>
      <PagedTable
        label={i18n.t("keys.title")}
        query={query}
        columns={columns(owner, projects, setRotated, i18n)}
        empty={
          <EmptyState
            icon={KeyRound}
            title={i18n.t("keys.none")}
            about={i18n.t("keys.noneAbout")}
            command={`trine login ${window.location.origin}`}
          />
        }
      />
      {rotated && <RotateDialog key={rotated.id} owner={owner} apiKey={rotated} onClose={() => setRotated(null)} />}
      <Checkbox label={i18n.t("keys.withRevoked")} checked={withRevoked} onChange={onWithRevoked} />
    </>
  );
}

function columns(
  owner: KeyOwner,
  projects: readonly Project[],
  onRotate: (key: ApiKey) => void,
  { t, term, format }: I18n,
): Column<ApiKey>[] {
  return [
    {
      key: "name",
      header: t("column.name"),
      cell: (key) => (
        <>
          <span className="block font-medium wrap-anywhere">{key.name}</span>
          <code className="block text-xs text-muted-foreground">{key.prefix}…</code>
        </>
      ),
    },
    {
      key: "project",
      header: t("keys.project"),
      from: "lg",
      cell: (key) => projects.find(({ id }) => id === key.project_id)?.name ?? "–",
    },
    {
      key: "scopes",
      header: t("keys.scopes"),
      from: "md",
      cell: (key) =>
        key.scopes.length === 0 ? t("keys.allScopes") : key.scopes.map((scope) => term("scope", scope)).join(", "),
    },
    {
      key: "used",
      header: t("keys.lastUsed"),
      from: "sm",
      cell: (key) => (key.last_used_at ? <Ago when={key.last_used_at} /> : t("keys.neverUsed")),
    },
    {
      key: "expires",
      header: t("keys.expires"),
      cell: (key) => {
        const state = stateOf(key);
        if (state !== "active") return <span className="text-muted-foreground">{term("keyState", state)}</span>;
        return key.expires_at ? format.dateTime(key.expires_at) : t("keys.neverExpires");
      },
    },
    {
      key: "actions",
      header: t("column.actions"),
      align: "right",
      cell: (key) =>
        stateOf(key) === "active" ? (
          <span className="inline-flex gap-2">
            <Button
              variant="outline"
              size="icon"
              aria-haspopup="dialog"
              aria-label={t("keys.rotateNamed", { name: key.name })}
              onClick={() => onRotate(key)}
            >
              <RefreshCw aria-hidden />
            </Button>
            <RevokeKey owner={owner} apiKey={key} />
          </span>
        ) : null,
    },
  ];
}

function stateOf(key: ApiKey): "active" | "revoked" | "expired" {
  if (key.revoked_at) return "revoked";
  return key.expires_at !== null && Date.parse(key.expires_at) <= Date.now() ? "expired" : "active";
}
