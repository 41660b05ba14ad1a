import { charts } from "./en/charts";
import { dashboard } from "./en/dashboard";
import { jobs } from "./en/jobs";
import { runs } from "./en/runs";
import { shell } from "./en/shell";
import { tracking } from "./en/tracking";
import { words } from "./en/words";
import { work } from "./en/work";

export const en = { ...shell, ...words, ...dashboard, ...charts, ...jobs, ...runs, ...tracking, ...work };
