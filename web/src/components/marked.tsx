/** A text with what a pattern finds in it marked; the pattern has one group, which is all of it. */
export function Marked({ text, pattern }: { text: string; pattern: RegExp | undefined }) {
  if (!pattern) return text;
  // Every second part is what the group matched.
  return text.split(pattern).map((part, at) =>
    at % 2 ? (
      <mark key={at} className="rounded-sm bg-warning-soft text-warning">
        {part}
      </mark>
    ) : (
      part
    ),
  );
}
