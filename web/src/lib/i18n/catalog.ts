import type { en } from "./en";
import type { enWork } from "./en-work";
import type { account } from "./en/account";
import type { audit } from "./en/audit";
import type { commands } from "./en/commands";
import type { problems } from "./en/problems";
import type { serving } from "./en/serving";

export type Locale = "en" | "zh";
export type TextKey = keyof (typeof en &
  typeof enWork &
  typeof account &
  typeof audit &
  typeof commands &
  typeof problems &
  typeof serving);
export type Catalog = Readonly<Record<TextKey, string>>;

/** A text with its `{named}` places filled. */
export function fill(text: string, values?: Readonly<Record<string, string | number>>): string {
  if (!values) return text;
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}
