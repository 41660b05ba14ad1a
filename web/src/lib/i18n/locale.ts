import type { Catalog, Locale } from "./catalog";

const STORED = "trine.language";
const TAGS: Record<Locale, string> = { en: "en", zh: "zh-CN" };

/** The language that was chosen, else the first of the browser's that there is. */
export function preferredLocale(): Locale {
  const chosen = localStorage.getItem(STORED);
  if (chosen === "en" || chosen === "zh") return chosen;
  for (const tag of navigator.languages) {
    if (tag.startsWith("zh")) return "zh";
    if (tag.startsWith("en")) return "en";
  }
  return "en";
}

export function rememberLocale(locale: Locale): void {
  localStorage.setItem(STORED, locale);
}

/** Only the language in use is fetched. */
export async function loadCatalog(locale: Locale): Promise<Catalog> {
  const catalog = locale === "zh" ? (await import("./zh")).zh : (await import("./en")).en;
  document.documentElement.lang = TAGS[locale];
  return catalog;
}

export function languageTag(locale: Locale): string {
  return TAGS[locale];
}
