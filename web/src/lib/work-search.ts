import type { components } from "./api/schema";
import type { WorkloadStatus } from "./api/types";
import { type NameSearch, readNameSearch } from "./name-search";
import { readWords } from "./search-words";

type WorkOrder = components["schemas"]["WorkOrder"];

/** What a list of jobs, studies or simulations shows; a part of the address, so that a link shows the same. */
export interface WorkSearch extends NameSearch {
  status?: WorkloadStatus[];
  /** Newest first is not said. */
  sort?: WorkOrder;
}

export const WORK_STATUSES = [
  "queued",
  "starting",
  "running",
  "succeeded",
  "failed",
  "cancelled",
] as const satisfies readonly WorkloadStatus[];

export const NEWEST: WorkOrder = "-created_at";
/** All but the one that is not said. */
const ORDERS: readonly WorkOrder[] = ["created_at", "name", "-name", "status", "-status", "duration", "-duration"];

/** What somebody's address says; what is not known is left out. */
export function readWorkSearch(search: Readonly<Record<string, unknown>>): WorkSearch {
  const status = readWords(search["status"], WORK_STATUSES);
  const sort = ORDERS.find((each) => each === search["sort"]);
  return { ...readNameSearch(search), ...(status.length > 0 && { status }), ...(sort && { sort }) };
}
