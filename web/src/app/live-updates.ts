import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";

import { useActivityStream } from "@/features/activity/stream";

const AT_MOST_EVERY_MS = 400;
/** What an event of the activity stream may have changed. Curves and logs have their own rhythm. */
const LISTS = new Set([
  "activity",
  "members",
  "keys",
  "quotas",
  "workloads",
  "nodes",
  "runs",
  "run",
  "artifacts",
  "training-jobs",
  "studies",
  "models",
  "services",
  "simulations",
]);

/** Reads again what is on the screen as soon as something has happened. */
export function useLiveUpdates(): void {
  const queryClient = useQueryClient();
  const { told, forget } = useMemo(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    return {
      told: () => {
        timer ??= setTimeout(() => {
          timer = undefined;
          void queryClient.invalidateQueries({ predicate: ({ queryKey }) => LISTS.has(String(queryKey[0])) });
        }, AT_MOST_EVERY_MS);
      },
      forget: () => clearTimeout(timer),
    };
  }, [queryClient]);
  useEffect(() => forget, [forget]);
  useActivityStream(told);
}
