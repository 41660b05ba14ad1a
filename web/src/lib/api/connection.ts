import { onlineManager } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";

/** Whether the platform answers. While it does not, queries pause and keep what they have; a probe ends the pause. */
const PROBE_EVERY_MS = 1000;
const PROBE_TIMEOUT_MS = 3000;

let lostAt: number | null = null;
const listeners = new Set<() => void>();

// Whether the machine has a network says nothing about whether the platform answers.
onlineManager.setEventListener(() => undefined);

/** When the platform was last lost (milliseconds since the epoch); null while it answers. */
export function useConnectionLost(): number | null {
  return useSyncExternalStore(subscribe, () => lostAt);
}

export function connectionLost(): void {
  if (lostAt !== null) return;
  set(Date.now());
  setTimeout(() => void probe(), PROBE_EVERY_MS);
}

/** Asks whether the platform answers, because something that was connected no longer is. */
export async function checkConnection(): Promise<void> {
  if (lostAt === null && !(await answers())) connectionLost();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

async function probe(): Promise<void> {
  if (await answers()) set(null);
  else setTimeout(() => void probe(), PROBE_EVERY_MS);
}

function answers(): Promise<boolean> {
  return fetch("/readyz", { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) }).then(
    (response) => response.ok,
    () => false,
  );
}

function set(value: number | null): void {
  lostAt = value;
  onlineManager.setOnline(value === null);
  for (const listener of listeners) listener();
}
