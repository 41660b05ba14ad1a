import type { en } from "./en";

export type Locale = "en" | "zh";
export type TextKey = keyof typeof en;
export type Catalog = Readonly<Record<TextKey, string>>;

/** A text with its `{named}` places filled. */
export function fill(text: string, values?: Readonly<Record<string, string | number>>): string {
  if (!values) return text;
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}
