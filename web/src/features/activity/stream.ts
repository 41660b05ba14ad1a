import { useEffect } from "react";

import { checkConnection, useConnectionLost } from "@/lib/api/connection";

/** A refused stream is asked for again after this; one that broke is resumed by the browser. */
const AGAIN_MS = 5000;

/** Calls `onChange` whenever something has happened in the person's organizations. `onChange` must keep its identity. */
export function useActivityStream(onChange: () => void): void {
  const lost = useConnectionLost() !== null;
  useEffect(() => {
    if (lost) return;
    let source: EventSource | null = null;
    let again: ReturnType<typeof setTimeout> | undefined;
    // A browser opens six connections to a server: windows that nobody looks at give theirs back.
    const follow = () => {
      clearTimeout(again);
      source?.close();
      source = document.hidden ? null : new EventSource("/api/v1/events");
      source?.addEventListener("activity", onChange);
      source?.addEventListener("error", ({ target }) => {
        void checkConnection();
        if (target === source && source?.readyState === EventSource.CLOSED) again = setTimeout(follow, AGAIN_MS);
      });
    };
    follow();
    document.addEventListener("visibilitychange", follow);
    return () => {
      document.removeEventListener("visibilitychange", follow);
      clearTimeout(again);
      source?.close();
    };
  }, [onChange, lost]);
}
