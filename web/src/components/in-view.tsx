import { type ReactNode, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";

import { inFrame } from "@/lib/frames";

const AHEAD = "400px 0px";

interface InViewProps {
  /** Pixels that it takes while nothing of it is there. */
  height: number;
  children: ReactNode;
}

/** What is drawn only near the window: a page of hundreds of charts costs as much as the charts that one sees. */
export function InView({ height, children }: InViewProps) {
  const place = useRef<HTMLDivElement>(null);
  const near = useNear(place);
  return (
    <div ref={place} data-near={near} style={near ? undefined : { height }}>
      {near && children}
    </div>
  );
}

/** Whether an element is near the window; told one element a frame, where many come at once. */
export function useNear(place: React.RefObject<HTMLElement | null>): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    const target = place.current;
    if (!target) return;
    let forget = () => undefined as unknown;
    const observer = new IntersectionObserver(
      (entries) => {
        const is = entries.at(-1)?.isIntersecting ?? false;
        forget();
        forget = inFrame(() => flushSync(() => setNear(is)));
      },
      { rootMargin: AHEAD },
    );
    observer.observe(target);
    return () => {
      observer.disconnect();
      forget();
    };
  }, [place]);
  return near;
}
