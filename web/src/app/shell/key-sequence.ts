const PAUSE_MS = 1000;

/** The places by the letter that follows `g`. */
const PLACES_BY_KEY = {
  d: "/p/$project",
  t: "/p/$project/training",
  i: "/p/$project/inference",
  s: "/p/$project/simulation",
  e: "/p/$project/experiments",
  a: "/p/$project/agent",
} as const;

export type Pressed = "palette" | "shortcuts" | "search" | (typeof PLACES_BY_KEY)[keyof typeof PLACES_BY_KEY];

/** Reads keys as they are pressed; two keys belong together where the second was pressed soon, however busy the page. */
export function createKeyReader(pressedAt: (event: KeyboardEvent) => number = (event) => event.timeStamp) {
  let began = -Infinity;
  return (event: KeyboardEvent, singleKeys: boolean): Pressed | null => {
    const follows = pressedAt(event) - began < PAUSE_MS;
    began = -Infinity;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") return "palette";
    if (!singleKeys || event.ctrlKey || event.metaKey || event.altKey || isTaken(event.target)) return null;
    if (follows && event.key in PLACES_BY_KEY) return PLACES_BY_KEY[event.key as keyof typeof PLACES_BY_KEY];
    if (event.key === "g") began = pressedAt(event);
    if (event.key === "?") return "shortcuts";
    return event.key === "/" ? "search" : null;
  };
}

/** Whether the key is for what has the focus: a field, a menu, a dialog. */
function isTaken(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return (
    target.closest("input, textarea, select, [contenteditable], [role=menu], [role=dialog], [role=alertdialog]") !==
    null
  );
}
