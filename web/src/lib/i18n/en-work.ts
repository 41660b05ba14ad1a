import { jobs } from "./en/jobs";
import { registry } from "./en/registry";
import { runs } from "./en/runs";
import { work } from "./en/work";

/** Texts of the pages of a project other than its dashboard. */
export const enWork = { ...jobs, ...registry, ...runs, ...work };
