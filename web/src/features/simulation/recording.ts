/** Recorded episodes as the job of a simulation writes them into `recordings.json`. */
export interface Recordings {
  /** At its own speed; null where the environment does not say. */
  steps_per_second: number | null;
  /** Why there are no pictures; null where there are. */
  undrawn: string | null;
  episodes: readonly RecordedEpisode[];
}

export interface RecordedEpisode {
  episode: number;
  return: number;
  length: number;
  /** Whether it came out as in the report; null where it is not recorded to its end. */
  same: boolean | null;
  error: string | null;
  rewards: readonly (number | null)[];
  /** Null where there are too many numbers. */
  actions: readonly Told[];
  observations: readonly Told[];
  sheet: Sheet | null;
}

/** Numbers as the environment shapes them; null where one is not finite. */
type Told = number | null | readonly Told[];

/** All pictures of an episode in rows of one file, one before every `every`-th step. */
export interface Sheet {
  file: string;
  columns: number;
  frames: number;
  /** Pixels of one picture. */
  width: number;
  height: number;
  every: number;
}

export const RECORDINGS = "recordings.json";

/** Where in the sheet the picture of a step is, in pixels. */
export function framePlace({ columns, frames, width, height, every }: Sheet, step: number): { x: number; y: number } {
  const frame = Math.min(frames - 1, Math.floor(step / every));
  return { x: (frame % columns) * width, y: Math.floor(frame / columns) * height };
}

/** The return after each step; a reward that was not finite counts as none. */
export function returns({ rewards }: Pick<RecordedEpisode, "rewards">): number[] {
  let sum = 0;
  return rewards.map((reward) => (sum += reward ?? 0));
}

/** An action or observation, as short as it can be told. */
export function told(value: Told | undefined): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "number" ? String(value) : value.map(told).join(", ");
}
