import type { en } from "./en";
import { charts } from "./zh/charts";
import { dashboard } from "./zh/dashboard";
import { jobs } from "./zh/jobs";
import { runs } from "./zh/runs";
import { shell } from "./zh/shell";
import { tracking } from "./zh/tracking";
import { words } from "./zh/words";
import { work } from "./zh/work";

export const zh: Readonly<Record<keyof typeof en, string>> = { ...shell, ...words, ...dashboard, ...charts, ...jobs, ...runs, ...tracking, ...work };
