import { useSyncExternalStore } from "react";

export interface Toast {
  id: number;
  text: string;
  /** Takes back what was done; without it there is no way back. */
  undo?: () => void;
}

let shown: readonly Toast[] = [];
let last = 0;
const listeners = new Set<() => void>();

/** Tells what was done, for a while and without taking the focus. */
export function showToast(toast: Omit<Toast, "id">): void {
  last += 1;
  set([...shown, { ...toast, id: last }]);
}

/** Tells that something which was begun from a toast did not come about. */
export function showFailure(error: unknown): void {
  showToast({ text: error instanceof Error ? error.message : String(error) });
}

export function dropToast(id: number): void {
  set(shown.filter((each) => each.id !== id));
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(subscribe, () => shown);
}

function set(toasts: readonly Toast[]): void {
  shown = toasts;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
