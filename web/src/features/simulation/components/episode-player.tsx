import { Pause, Play, StepBack, StepForward } from "lucide-react";
import { useId, useMemo, useState } from "react";

import { Curve } from "@/components/curve";
import { KeyValues } from "@/components/key-values";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/select";
import { useLessMotion, usePlayback } from "@/features/simulation/playback";
import { type RecordedEpisode, type Sheet, framePlace, returns, told } from "@/features/simulation/recording";
import { fileAddress } from "@/lib/api/file-address";
import { useI18n } from "@/lib/i18n/i18n-context";

const SPEEDS = ["0.25", "0.5", "1", "2", "4"] as const;

interface EpisodePlayerProps {
  artifactId: string;
  episode: RecordedEpisode;
  stepsPerSecond: number;
}

/** One episode: its picture, its controls, what was seen and done in a step, and the return over time. */
export function EpisodePlayer({ artifactId, episode, stepsPerSecond }: EpisodePlayerProps) {
  const { t, format } = useI18n();
  const id = useId();
  const still = useLessMotion();
  const [speed, setSpeed] = useState<(typeof SPEEDS)[number]>("1");
  const last = episode.rewards.length;
  const { at, playing, seek, toggle } = usePlayback(last, still ? 1 : stepsPerSecond * Number(speed));
  const sums = useMemo(() => returns(episode), [episode]);
  const series = useMemo(
    () => ({
      name: t("replay.return"),
      steps: sums.map((_, step) => step + 1),
      values: sums,
      times: sums.map(() => 0),
    }),
    [sums, t],
  );
  const sum = at > 0 ? (sums[at - 1] ?? 0) : 0;
  const position = t("replay.at", { step: format.count(at), steps: format.count(last), value: format.value(sum) });
  const details = [
    [t("replay.observation"), told(episode.observations[at])],
    [t("replay.action"), told(episode.actions[at])],
    [t("replay.reward"), told(episode.rewards[at])],
  ] as const;

  return (
    <div className="grid gap-6 lg:grid-cols-[auto_1fr]">
      <div className="min-w-0 space-y-3">
        {episode.sheet && <Frame sheet={episode.sheet} artifactId={artifactId} step={at} />}
        <div className="flex flex-wrap items-end gap-2" role="group" aria-label={t("replay.controls")}>
          <Button variant="outline" size="icon" aria-label={t("replay.back")} onClick={() => seek(at - 1)}>
            <StepBack aria-hidden />
          </Button>
          <Button size="icon" aria-label={t(playing ? "replay.pause" : "replay.play")} onClick={toggle}>
            {playing ? <Pause aria-hidden /> : <Play aria-hidden />}
          </Button>
          <Button variant="outline" size="icon" aria-label={t("replay.forward")} onClick={() => seek(at + 1)}>
            <StepForward aria-hidden />
          </Button>
          {!still && (
            <Select
              label={t("replay.speed")}
              value={speed}
              options={SPEEDS.map((each) => [each, `${format.value(Number(each))}×`])}
              onChange={setSpeed}
            />
          )}
        </div>
        <label htmlFor={id} className="block text-sm font-medium">
          {t("replay.step")}
        </label>
        <input
          id={id}
          type="range"
          min={0}
          max={last}
          value={at}
          aria-valuetext={position}
          onChange={({ target }) => seek(target.valueAsNumber)}
          onKeyDown={(event) => {
            if (event.key !== " ") return;
            event.preventDefault();
            toggle();
          }}
          className="w-full max-w-sm accent-primary"
        />
        <p data-step={at} className="tabular text-xs text-muted-foreground">
          {position}
        </p>
        {still && <p className="text-xs text-muted-foreground">{t("replay.still")}</p>}
      </div>
      <div className="min-w-0 space-y-4">
        <Curve series={series} />
        <KeyValues entries={details} />
      </div>
    </div>
  );
}

function Frame({ sheet, artifactId, step }: { sheet: Sheet; artifactId: string; step: number }) {
  const { t, format } = useI18n();
  const { x, y } = framePlace(sheet, step);
  return (
    <div
      role="img"
      aria-label={t("replay.frame", { step: format.count(step) })}
      className="box-content rounded-lg border border-border"
      style={{
        width: sheet.width,
        height: sheet.height,
        backgroundImage: `url("${fileAddress(artifactId, sheet.file)}")`,
        backgroundPosition: `${-x}px ${-y}px`,
      }}
    />
  );
}
