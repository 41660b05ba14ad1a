import type { I18n } from "./i18n/i18n-context";

/** Our words for a known reason, else the platform's sentence; empty where it says neither. */
export function reasonText(term: I18n["term"], { code, message }: { code?: unknown; message?: unknown }): string {
  const known = typeof code === "string" ? term("reason", code) : "";
  if (known && known !== code) return known;
  return typeof message === "string" ? message : "";
}
