/** What the audit log is narrowed to, as the address says it. Days are of UTC; both ends count. */
export interface AuditFilters {
  action?: string;
  actor?: string;
  from?: string;
  to?: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const ACTION = /^[a-z_]+(\.[a-z_]+)?$/;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const DAY_MS = 86_400_000;

/** What of an address is a filter; what is not is left out, as if it were not there. */
export function auditFilters(search: Readonly<Record<string, unknown>>): AuditFilters {
  return {
    ...matching("action", search["action"], ACTION),
    ...matching("actor", search["actor"], ID),
    ...matching("from", search["from"], DAY),
    ...matching("to", search["to"], DAY),
  };
}

/** As the API takes them. */
export function auditQuery({ action, actor, from, to }: AuditFilters) {
  return {
    ...(action ? { action } : {}),
    ...(actor ? { actor_id: actor } : {}),
    ...(from ? { created_after: new Date(from).toISOString() } : {}),
    ...(to ? { created_before: new Date(Date.parse(to) + DAY_MS).toISOString() } : {}),
  };
}

function matching<K extends string>(name: K, value: unknown, pattern: RegExp): Partial<Record<K, string>> {
  if (typeof value !== "string" || !pattern.test(value)) return {};
  if (pattern === DAY && Number.isNaN(Date.parse(value))) return {};
  return { [name]: value } as Record<K, string>;
}
