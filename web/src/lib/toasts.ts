import { useSyncExternalStore } from "react";

import { loadTexts } from "./i18n/locale";

export interface Toast {
  id: number;
  /** What was done, or why it was not. */
  told: string | Error;
  /** Takes back what was done; without it there is no way back. */
  undo?: () => void;
}

let shown: readonly Toast[] = [];
let last = 0;
const listeners = new Set<() => void>();

/** Tells what was done, for a while and without taking the focus. */
export function showToast({ text, undo }: { text: string; undo?: () => void }): void {
  add({ told: text, ...(undo && { undo }) });
}

/** Tells that something which was begun from a toast did not come about; with its words, which are read out once. */
export async function showFailure(error: unknown): Promise<void> {
  await Promise.allSettled([loadTexts("problems")]);
  add({ told: error instanceof Error ? error : String(error) });
}

export function dropToast(id: number): void {
  set(shown.filter((each) => each.id !== id));
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(subscribe, () => shown);
}

function add(toast: Omit<Toast, "id">): void {
  last += 1;
  set([...shown, { ...toast, id: last }]);
}

function set(toasts: readonly Toast[]): void {
  shown = toasts;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
