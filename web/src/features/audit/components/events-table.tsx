import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";

import type { Column } from "@/components/data-table";
import { PagedTable } from "@/components/paged-table";
import type { Activity, Page } from "@/lib/api/types";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";

interface EventsTableProps {
  query: UseInfiniteQueryResult<InfiniteData<Page<Activity>>>;
  /** Names of whoever may have acted, by their ids. */
  names: ReadonlyMap<string, string>;
}

/** Who did what to what, when, and from where. */
export function EventsTable({ query, names }: EventsTableProps) {
  const i18n = useI18n();
  return (
    <PagedTable
      label={i18n.t("audit.title")}
      query={query}
      columns={columns(names, i18n)}
      empty={<p className="py-2 text-muted-foreground">{i18n.t("audit.none")}</p>}
    />
  );
}

function columns(names: ReadonlyMap<string, string>, { t, term, format }: I18n): Column<Activity>[] {
  return [
    {
      key: "when",
      header: t("audit.when"),
      cell: ({ created_at }) => (
        <time dateTime={created_at} className="text-xs text-muted-foreground">
          {format.dateTime(created_at)}
        </time>
      ),
    },
    {
      key: "what",
      header: t("audit.what"),
      cell: (event) => (
        <>
          <span className="block font-medium wrap-anywhere">{term("event", event.action)}</span>
          <Change event={event} />
        </>
      ),
    },
    {
      key: "who",
      header: t("audit.who"),
      cell: ({ actor_id, actor_type }) => (
        <span className="wrap-anywhere">{(actor_id && names.get(actor_id)) ?? term("actor", actor_type)}</span>
      ),
    },
    {
      key: "subject",
      header: t("audit.subject"),
      from: "lg",
      cell: ({ subject_type, subject_id }) => (
        <>
          {term("subject", subject_type)}
          <code className="block text-xs wrap-anywhere text-muted-foreground">{subject_id}</code>
        </>
      ),
    },
    {
      key: "where",
      header: t("audit.where"),
      from: "md",
      cell: ({ data }) => <span className="text-xs wrap-break-word text-muted-foreground">{address(data)}</span>,
    },
  ];
}

/** What was, and what is now, where the event says both in a few words. */
function Change({ event: { data } }: { event: Activity }) {
  const before = short(data["before"]);
  const after = short(data["after"]);
  if (!before && !after) return null;
  return (
    <span className="block max-w-md text-xs wrap-anywhere text-muted-foreground">
      {before && after ? `${before} → ${after}` : (after ?? before)}
    </span>
  );
}

const MOST_CHARACTERS = 160;

function short(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const text =
    typeof value === "object" && !Array.isArray(value)
      ? Object.entries(value)
          .filter(([, each]) => each === null || typeof each !== "object")
          .map(([name, each]) => `${name}: ${String(each)}`)
          .join(", ")
      : JSON.stringify(value);
  if (!text) return null;
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}

function address(data: Activity["data"]): string {
  const client = data["client"];
  if (typeof client !== "object" || client === null) return "";
  const told = (client as Record<string, unknown>)["address"];
  return typeof told === "string" ? told : "";
}
