import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { QueryView } from "@/components/query-view";
import { Card } from "@/components/ui/card";
import { Select } from "@/components/ui/select";
import { EpisodePlayer } from "@/features/simulation/components/episode-player";
import { recordingsQuery } from "@/features/simulation/queries";
import type { Recordings } from "@/features/simulation/recording";
import { useI18n } from "@/lib/i18n/i18n-context";

/** Steps a second of an environment that does not say. */
const DEFAULT_RATE = 20;

/** Recorded episodes of a simulation, step by step. */
export function EpisodeReplay({ artifactId }: { artifactId: string }) {
  const { t } = useI18n();
  const query = useQuery(recordingsQuery(artifactId));
  return (
    <Card title={t("replay.title")}>
      <QueryView query={query} waiting="h-60">
        {(recordings) => <Replay artifactId={artifactId} recordings={recordings} />}
      </QueryView>
    </Card>
  );
}

function Replay({ artifactId, recordings }: { artifactId: string; recordings: Recordings }) {
  const { t, format } = useI18n();
  const { episodes, undrawn } = recordings;
  const [chosen, setChosen] = useState(0);
  const episode = episodes[chosen];
  if (!episode) return <p className="text-muted-foreground">{t("replay.none")}</p>;
  return (
    <div className="space-y-4">
      {undrawn !== null && <p className="text-muted-foreground">{t("replay.undrawn", { why: undrawn })}</p>}
      <Select
        label={t("replay.episode")}
        value={String(chosen)}
        options={episodes.map((each, index) => [
          String(index),
          t("replay.named", { number: format.count(each.episode), value: format.value(each.return) }),
        ])}
        onChange={(index) => setChosen(Number(index))}
        className="max-w-xs"
      />
      {episode.error !== null && <p className="text-warning">{t("replay.broke", { error: episode.error })}</p>}
      {episode.same === false && <p className="text-warning">{t("replay.other")}</p>}
      {episode.error === null && episode.rewards.length < episode.length && (
        <p className="text-muted-foreground">
          {t("replay.cut", { steps: format.count(episode.rewards.length), all: format.count(episode.length) })}
        </p>
      )}
      <EpisodePlayer
        key={chosen}
        artifactId={artifactId}
        episode={episode}
        stepsPerSecond={recordings.steps_per_second ?? DEFAULT_RATE}
      />
    </div>
  );
}
