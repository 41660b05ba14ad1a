import { createContext, useContext } from "react";

import type { Locale, TextKey } from "./catalog";
import type { Format } from "./format";

export interface I18n {
  locale: Locale;
  setLocale: (locale: Locale) => void;
  /** The text of a key, its places filled. */
  t: (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;
  /** The text of a key that data names, such as a status; the data's own word where there is none. */
  term: (group: string, word: string) => string;
  format: Format;
}

export const I18nContext = createContext<I18n | null>(null);

export function useI18n(): I18n {
  const held = useContext(I18nContext);
  if (!held) throw new Error("useI18n is called outside I18nProvider");
  return held;
}
