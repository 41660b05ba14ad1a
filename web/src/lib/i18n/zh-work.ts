import type { enWork } from "./en-work";
import { jobs } from "./zh/jobs";
import { registry } from "./zh/registry";
import { runs } from "./zh/runs";
import { work } from "./zh/work";

/** Texts of the pages of a project other than its dashboard. */
export const zhWork: Readonly<Record<keyof typeof enWork, string>> = { ...jobs, ...registry, ...runs, ...work };
