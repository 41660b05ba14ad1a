import { useEffect, useState, useSyncExternalStore } from "react";

const STILL = matchMedia("(prefers-reduced-motion: reduce)");

/** Whether the system asks for less motion. */
export function useLessMotion(): boolean {
  return useSyncExternalStore(
    (listener) => {
      STILL.addEventListener("change", listener);
      return () => STILL.removeEventListener("change", listener);
    },
    () => STILL.matches,
  );
}

/** A place between 0 and `last` that goes on by `rate` a second while it plays. */
export function usePlayback(last: number, rate: number) {
  const [at, setAt] = useState(0);
  const [wanted, setWanted] = useState(false);
  const playing = wanted && at < last;
  useEffect(() => {
    if (!playing) return;
    let before = performance.now();
    let part = 0;
    const turn = (now: number) => {
      part += ((now - before) / 1000) * rate;
      before = now;
      const whole = Math.floor(part);
      part -= whole;
      if (whole > 0) setAt((held) => Math.min(last, held + whole));
      frame = requestAnimationFrame(turn);
    };
    let frame = requestAnimationFrame(turn);
    return () => cancelAnimationFrame(frame);
  }, [playing, rate, last]);

  return {
    at,
    playing,
    seek: (place: number) => {
      setWanted(false);
      setAt(Math.max(0, Math.min(last, place)));
    },
    toggle: () => {
      if (!playing && at >= last) setAt(0);
      setWanted(!playing);
    },
  };
}
