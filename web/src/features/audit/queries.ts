import { api, body } from "@/lib/api/client";
import { pagedQuery } from "@/lib/api/paged-query";
import type { Activity } from "@/lib/api/types";

import { type AuditFilters, auditQuery } from "./filters";

export const auditLogQuery = (org: string, filters: AuditFilters) =>
  pagedQuery<Activity>(["activity", "audit", org, filters], (cursor) =>
    body(
      api.GET("/api/v1/events/history", {
        params: { query: { org_id: org, cursor, limit: 50, ...auditQuery(filters) } },
      }),
    ),
  );

/** Of the platform itself, for its administrators. */
export const platformLogQuery = (filters: AuditFilters) =>
  pagedQuery<Activity>(["activity", "platform", filters], (cursor) =>
    body(api.GET("/api/v1/admin/events", { params: { query: { cursor, limit: 50, ...auditQuery(filters) } } })),
  );

/** Where a browser fetches the whole log of an organization, as narrowed: a JSON object a line. */
export function exportAddress(org: string, filters: AuditFilters): string {
  return `/api/v1/events:export?${new URLSearchParams({ org_id: org, ...auditQuery(filters) })}`;
}
