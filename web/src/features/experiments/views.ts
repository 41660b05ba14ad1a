import { type RunsSearch, readRunsSearch } from "./runs-search";

export interface SavedView {
  name: string;
  search: RunsSearch;
}

const key = (project: string) => `trine.views.${project}`;

/** What was saved in this browser; what is not understood is left out. */
export function readViews(project: string): SavedView[] {
  const stored = localStorage.getItem(key(project));
  if (!stored) return [];
  try {
    const found: unknown = JSON.parse(stored);
    return Array.isArray(found) ? found.flatMap(view) : [];
  } catch {
    return [];
  }
}

export function writeViews(project: string, views: readonly SavedView[]): void {
  localStorage.setItem(key(project), JSON.stringify(views));
}

function view(given: unknown): SavedView[] {
  if (typeof given !== "object" || given === null) return [];
  const { name, search } = given as Record<string, unknown>;
  if (typeof name !== "string" || typeof search !== "object" || search === null) return [];
  return [{ name, search: readRunsSearch(search as Record<string, unknown>) }];
}
