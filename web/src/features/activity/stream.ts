import { useEffect } from "react";

import { useConnectionLost } from "@/lib/api/connection";

/** Calls `onChange` whenever something has happened in the person's organizations. `onChange` must keep its identity. */
export function useActivityStream(onChange: () => void): void {
  const lost = useConnectionLost() !== null;
  useEffect(() => {
    if (lost) return;
    let source: EventSource | null = null;
    // A browser opens six connections to a server: windows that nobody looks at give theirs back.
    const follow = () => {
      source?.close();
      source = document.hidden ? null : new EventSource("/api/v1/events");
      source?.addEventListener("activity", onChange);
    };
    follow();
    document.addEventListener("visibilitychange", follow);
    return () => {
      document.removeEventListener("visibilitychange", follow);
      source?.close();
    };
  }, [onChange, lost]);
}
