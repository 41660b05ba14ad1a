import { readColumn } from "./column-text";

/** What the table of runs shows; a part of the address. */
export interface RunsSearch {
  /** In the language of filters. */
  filter?: string;
  /** As `metrics.loss desc`. */
  sort?: string;
  /** As `metrics.loss`; where it is not there the table chooses. */
  columns?: string[];
  /** As `params.lr`: groups of the runs that are alike in these. */
  by?: string[];
  /** The saved view that it began with. */
  view?: string;
}

const LONGEST = 4000;
const ID = /^[0-9a-f-]{36}$/;
/** The platform groups by no more. */
export const MOST_GROUPED_BY = 5;

/** What somebody's address says; what is not understood is left out. */
export function readRunsSearch(search: Readonly<Record<string, unknown>>): RunsSearch {
  const { filter, sort, view } = search;
  const columns = columnTexts(search["columns"]);
  const by = columnTexts(search["by"])?.slice(0, MOST_GROUPED_BY);
  return {
    ...(isText(filter) && { filter }),
    ...(isText(sort) && { sort }),
    ...(columns && { columns }),
    ...(by?.length && { by }),
    ...(isText(view) && ID.test(view) && { view }),
  };
}

function columnTexts(given: unknown): string[] | undefined {
  if (!Array.isArray(given)) return undefined;
  return given.filter((each): each is string => typeof each === "string" && readColumn(each) !== undefined);
}

function isText(given: unknown): given is string {
  return typeof given === "string" && given.trim() !== "" && given.length <= LONGEST;
}
