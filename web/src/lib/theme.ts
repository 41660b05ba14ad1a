import { useSyncExternalStore } from "react";

type Theme = "light" | "dark";

const STORED = "trine.theme";
const preference = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

/** The chosen theme, or the system's until one is chosen. */
export function useTheme(): { theme: Theme; toggle: () => void } {
  const theme = useSyncExternalStore(subscribe, current);
  return { theme, toggle: () => choose(theme === "dark" ? "light" : "dark") };
}

function choose(theme: Theme): void {
  localStorage.setItem(STORED, theme);
  apply();
}

function apply(): void {
  document.documentElement.classList.toggle("dark", current() === "dark");
  for (const listener of listeners) listener();
}

function current(): Theme {
  const chosen = localStorage.getItem(STORED);
  if (chosen === "dark" || chosen === "light") return chosen;
  return preference.matches ? "dark" : "light";
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  preference.addEventListener("change", apply);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) preference.removeEventListener("change", apply);
  };
}
