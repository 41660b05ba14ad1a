import { useSyncExternalStore } from "react";

const STORED = "trine.shortcuts";
const listeners = new Set<() => void>();

/** Whether single keys do something. They can be turned off, because speech input types them by accident (WCAG 2.1.4). */
export function shortcutsAreOn(): boolean {
  return localStorage.getItem(STORED) !== "off";
}

export function useShortcutsAreOn(): [boolean, (on: boolean) => void] {
  return [useSyncExternalStore(subscribe, shortcutsAreOn), turn];
}

function turn(on: boolean): void {
  localStorage.setItem(STORED, on ? "on" : "off");
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
