import { useState } from "react";

import { ProblemNote } from "@/components/problem-note";
import { Button } from "@/components/ui/button";
import { useSetTraffic } from "@/features/inference/queries";
import { routable, shares } from "@/features/inference/traffic";
import type { Deployment } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

const MOST = 100;

interface TrafficEditorProps {
  serviceId: string;
  deployments: readonly Deployment[];
}

/** Moves traffic between deployments, and shows beforehand what would change. Nothing restarts. */
export function TrafficEditor({ serviceId, deployments }: TrafficEditorProps) {
  const { t, format } = useI18n();
  const [moved, setMoved] = useState<Readonly<Record<string, number>>>({});
  const set = useSetTraffic(serviceId);
  const shown = routable(deployments);
  if (shown.length < 2) return null;

  const stored = Object.fromEntries(shown.map(({ id, weight }) => [id, weight]));
  const wanted = { ...stored, ...Object.fromEntries(Object.entries(moved).filter(([id]) => id in stored)) };
  const before = shares(stored);
  const after = shares(wanted);
  const changes = shown.some(({ id }) => stored[id] !== wanted[id]);

  return (
    <form
      aria-label={t("traffic.title")}
      className="mt-4 space-y-4 border-t border-border pt-4"
      onSubmit={(event) => {
        event.preventDefault();
        set.mutate(wanted, { onSuccess: () => setMoved({}) });
      }}
    >
      <h3 className="font-medium">{t("traffic.title")}</h3>
      {shown.map(({ id, model, version }) => {
        const name = `${model} v${version}`;
        const [was, is] = [before[id] ?? 0, after[id] ?? 0];
        return (
          <div key={id} className="space-y-1">
            <label htmlFor={`weight-${id}`} className="flex flex-wrap justify-between gap-x-4">
              <span className="wrap-anywhere">{name}</span>
              <span className="tabular text-muted-foreground">
                {was === is
                  ? format.percent(is)
                  : t("traffic.change", { before: format.percent(was), after: format.percent(is) })}
              </span>
            </label>
            <input
              id={`weight-${id}`}
              type="range"
              min={0}
              max={Math.max(MOST, ...Object.values(stored))}
              value={wanted[id]}
              aria-valuetext={format.percent(is)}
              onChange={({ target }) => setMoved({ ...moved, [id]: target.valueAsNumber })}
              className="h-6 w-full accent-primary"
            />
          </div>
        );
      })}
      {Object.values(wanted).every((weight) => weight === 0) && (
        <p className="text-xs text-warning">{t("traffic.nobody")}</p>
      )}
      {set.error && <ProblemNote error={set.error} />}
      <div className="flex gap-2">
        <Button type="submit" size="small" disabled={!changes || set.isPending}>
          {t("traffic.apply")}
        </Button>
        <Button variant="ghost" size="small" disabled={!changes} onClick={() => setMoved({})}>
          {t("traffic.reset")}
        </Button>
      </div>
    </form>
  );
}
