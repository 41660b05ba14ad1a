import { useSyncExternalStore } from "react";

type Theme = "light" | "dark";
type Choice = Theme | "system";

const STORED = "trine.theme";
const preference = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

/** The chosen theme, or the system's until one is chosen. */
export function useTheme() {
  const theme = useSyncExternalStore(subscribe, current);
  const chosen = useSyncExternalStore(subscribe, choice);
  return { theme, chosen, choose, toggle: () => choose(theme === "dark" ? "light" : "dark") };
}

function choose(chosen: Choice): void {
  if (chosen === "system") localStorage.removeItem(STORED);
  else localStorage.setItem(STORED, chosen);
  apply();
}

function apply(): void {
  document.documentElement.classList.toggle("dark", current() === "dark");
  for (const listener of listeners) listener();
}

function current(): Theme {
  const chosen = choice();
  if (chosen !== "system") return chosen;
  return preference.matches ? "dark" : "light";
}

function choice(): Choice {
  const stored = localStorage.getItem(STORED);
  return stored === "dark" || stored === "light" ? stored : "system";
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  preference.addEventListener("change", apply);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) preference.removeEventListener("change", apply);
  };
}
