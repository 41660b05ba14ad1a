import type { en } from "./en";
import { charts } from "./zh/charts";
import { dashboard } from "./zh/dashboard";
import { shell } from "./zh/shell";
import { tracking } from "./zh/tracking";
import { words } from "./zh/words";

export const zh: Readonly<Record<keyof typeof en, string>> = {
  ...shell,
  ...words,
  ...dashboard,
  ...charts,
  ...tracking,
};
