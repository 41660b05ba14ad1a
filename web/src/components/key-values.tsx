interface KeyValuesProps {
  /** Name → text. */
  entries: readonly (readonly [string, string])[];
}

/** Names and values, in columns that fit the screen. */
export function KeyValues({ entries }: KeyValuesProps) {
  return (
    <dl className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,18rem),1fr))] gap-x-8">
      {entries.map(([name, value]) => (
        <div key={name} className="flex items-baseline justify-between gap-4 border-b border-border py-1.5">
          <dt className="min-w-0 wrap-anywhere text-muted-foreground">{name}</dt>
          <dd className="min-w-0 text-right font-mono text-xs wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
