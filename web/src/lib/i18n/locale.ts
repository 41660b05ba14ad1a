import type { Catalog, Locale } from "./catalog";

const STORED = "trine.language";
const TAGS: Record<Locale, string> = { en: "en", zh: "zh-CN" };

type Texts = Readonly<Record<string, string>>;

/** The texts of every page are in `base`; what only some pages need is fetched with them. */
const PARTS = {
  base: {
    en: async (): Promise<Texts> => (await import("./en")).en,
    zh: async (): Promise<Texts> => (await import("./zh")).zh,
  },
  work: {
    en: async (): Promise<Texts> => (await import("./en-work")).enWork,
    zh: async (): Promise<Texts> => (await import("./zh-work")).zhWork,
  },
  account: {
    en: async (): Promise<Texts> => (await import("./en/account")).account,
    zh: async (): Promise<Texts> => (await import("./zh/account")).account,
  },
  audit: {
    en: async (): Promise<Texts> => (await import("./en/audit")).audit,
    zh: async (): Promise<Texts> => (await import("./zh/audit")).audit,
  },
  commands: {
    en: async (): Promise<Texts> => (await import("./en/commands")).commands,
    zh: async (): Promise<Texts> => (await import("./zh/commands")).commands,
  },
  problems: {
    en: async (): Promise<Texts> => (await import("./en/problems")).problems,
    zh: async (): Promise<Texts> => (await import("./zh/problems")).problems,
  },
  serving: {
    en: async (): Promise<Texts> => (await import("./en/serving")).serving,
    zh: async (): Promise<Texts> => (await import("./zh/serving")).serving,
  },
};
export type Part = keyof typeof PARTS;

const wanted = new Set<Part>(["base"]);
/** `part/locale`. */
const there = new Set<string>();
const catalogs: Record<Locale, Record<string, string>> = { en: {}, zh: {} };
let current: Locale = "en";

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

/** Only the language in use is fetched, and of it what has been wanted so far. The catalog grows with `loadTexts`. */
export async function loadCatalog(locale: Locale): Promise<Catalog> {
  current = locale;
  await Promise.all([...wanted].map((part) => add(part, locale)));
  document.documentElement.lang = TAGS[locale];
  return catalogs[locale] as Catalog;
}

/** Fetches the texts that a page needs beside `base`; its route waits for them. */
export async function loadTexts(part: Part): Promise<void> {
  wanted.add(part);
  await add(part, current);
}

export function languageTag(locale: Locale): string {
  return TAGS[locale];
}

/** Whether they are there without waiting. */
export function hasTexts(part: Part): boolean {
  return there.has(`${part}/${current}`);
}

async function add(part: Part, locale: Locale): Promise<void> {
  Object.assign(catalogs[locale], await PARTS[part][locale]());
  there.add(`${part}/${locale}`);
}
