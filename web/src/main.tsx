import { startTransition } from "react";
import { createRoot } from "react-dom/client";

import { App } from "@/app/app";
import { assemble } from "@/app/assembly";
import { loadCatalog, preferredLocale } from "@/lib/i18n/locale";

import "@/app/styles.css";

// Not awaited: code of pages imports what lies in the file of this module, which must not wait for them.
void begin();

async function begin(): Promise<void> {
  const place = document.getElementById("root");
  if (!place) throw new Error("index.html has no element #root");
  const locale = preferredLocale();
  const texts = loadCatalog(locale);
  // What follows is a task of its own beside the reading of the script.
  await new Promise((resolve) => setTimeout(resolve));
  const { load, ...assembly } = assemble();
  const [catalog] = await Promise.all([texts, load()]);
  // A transition is rendered in pieces, between which the browser answers.
  startTransition(() => createRoot(place).render(<App language={{ locale, catalog }} {...assembly} />));
}
