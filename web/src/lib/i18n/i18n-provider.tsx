import { type ReactNode, useMemo, useState } from "react";

import { type Catalog, type Locale, fill } from "./catalog";
import { createFormat } from "./format";
import { type I18n, I18nContext } from "./i18n-context";
import { languageTag, loadCatalog, rememberLocale } from "./locale";

interface Language {
  locale: Locale;
  catalog: Catalog;
}

export function I18nProvider({ initial, children }: { initial: Language; children: ReactNode }) {
  const [{ locale, catalog }, setLanguage] = useState(initial);

  const i18n = useMemo<I18n>(
    () => ({
      locale,
      setLocale: (chosen) => {
        rememberLocale(chosen);
        void loadCatalog(chosen).then((loaded) => setLanguage({ locale: chosen, catalog: loaded }));
      },
      t: (key, values) => fill(catalog[key], values),
      term: (group, word) => (catalog as Readonly<Record<string, string>>)[`${group}.${word}`] ?? word,
      format: createFormat(languageTag(locale)),
    }),
    [locale, catalog],
  );
  return <I18nContext value={i18n}>{children}</I18nContext>;
}
