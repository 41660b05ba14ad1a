import { createRoot } from "react-dom/client";

import { App } from "@/app/app";
import { loadCatalog, preferredLocale } from "@/lib/i18n/locale";

import "@/app/styles.css";

const place = document.getElementById("root");
if (!place) throw new Error("index.html has no element #root");

const locale = preferredLocale();
const catalog = await loadCatalog(locale);
createRoot(place).render(<App language={{ locale, catalog }} />);
