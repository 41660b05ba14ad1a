import { useSyncExternalStore } from "react";

/** Which of the two panels over the page is open. */
export type CommandPanel = "palette" | "shortcuts" | null;

let open: CommandPanel = null;
const listeners = new Set<() => void>();

export function showCommands(panel: CommandPanel): void {
  open = panel;
  for (const listener of listeners) listener();
}

export function useCommandPanel(): CommandPanel {
  return useSyncExternalStore(subscribe, () => open);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
