import { readColumn } from "./column-text";

/** What the table of runs shows; a part of the address. */
export interface RunsSearch {
  /** In the language of filters. */
  filter?: string;
  /** As `metrics.loss desc`. */
  sort?: string;
  /** As `metrics.loss`; where it is not there the table chooses. */
  columns?: string[];
}

const LONGEST = 4000;

export function readRunsSearch(search: Readonly<Record<string, unknown>>): RunsSearch {
  const { filter, sort, columns } = search;
  const known = Array.isArray(columns)
    ? columns.filter((each): each is string => typeof each === "string" && readColumn(each) !== undefined)
    : undefined;
  return {
    ...(isText(filter) && { filter }),
    ...(isText(sort) && { sort }),
    ...(known && { columns: known }),
  };
}

function isText(given: unknown): given is string {
  return typeof given === "string" && given.trim() !== "" && given.length <= LONGEST;
}
