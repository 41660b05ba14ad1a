import { type RefObject, useEffect, useState } from "react";

/** Pixels that an element is wide; 0 until it is laid out. */
export function useWidth(place: RefObject<Element | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const target = place.current;
    if (!target) return;
    const observer = new ResizeObserver(() => setWidth(target.clientWidth));
    observer.observe(target);
    return () => observer.disconnect();
  }, [place]);
  return width;
}
