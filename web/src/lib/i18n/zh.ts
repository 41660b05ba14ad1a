import type { Catalog } from "./catalog";
import { dashboard } from "./zh/dashboard";
import { shell } from "./zh/shell";
import { tracking } from "./zh/tracking";
import { words } from "./zh/words";
import { work } from "./zh/work";

export const zh: Catalog = { ...shell, ...words, ...dashboard, ...tracking, ...work };
