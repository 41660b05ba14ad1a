import { charts } from "./en/charts";
import { dashboard } from "./en/dashboard";
import { shell } from "./en/shell";
import { tracking } from "./en/tracking";
import { words } from "./en/words";

export const en = { ...shell, ...words, ...dashboard, ...charts, ...tracking };
