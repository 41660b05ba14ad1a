import { dashboard } from "./en/dashboard";
import { shell } from "./en/shell";
import { tracking } from "./en/tracking";
import { words } from "./en/words";
import { work } from "./en/work";

export const en = { ...shell, ...words, ...dashboard, ...tracking, ...work };
