/** Work that is put off to coming frames, so that no frame takes long: what is costly and many, like drawing charts. */
const BUDGET_MS = 12;
const waiting = new Set<() => void>();
let asked = false;

/** Runs `work` in one of the next frames; the answer forgets it. */
export function inFrame(work: () => void): () => void {
  waiting.add(work);
  if (!asked) {
    asked = true;
    requestAnimationFrame(run);
  }
  return () => waiting.delete(work);
}

function run(): void {
  const until = performance.now() + BUDGET_MS;
  for (const work of waiting) {
    waiting.delete(work);
    work();
    if (performance.now() >= until) break;
  }
  asked = waiting.size > 0;
  if (asked) requestAnimationFrame(run);
}
