import { cn } from "@/lib/class-names";

interface DifferenceProps {
  label: string;
  /** As `diff -u` and git write it. */
  text: string;
}

/** A unified difference, with what came and what went told apart by more than their signs. */
export function Difference({ label, text }: DifferenceProps) {
  return (
    <pre
      // It scrolls, so the keyboard must reach it.
      tabIndex={0}
      aria-label={label}
      className="max-h-[60vh] overflow-auto rounded-lg bg-muted p-3 font-mono text-xs"
    >
      <code className="block w-max min-w-full">
        {text
          .replace(/\n$/, "")
          .split("\n")
          .map((line, index) => (
            <span key={index} data-change={changeOf(line)} className={cn("block min-h-4", COLOURS[changeOf(line)])}>
              {line}
            </span>
          ))}
      </code>
    </pre>
  );
}

const COLOURS = {
  added: "bg-success-soft text-success",
  removed: "bg-danger-soft text-danger",
  place: "text-muted-foreground",
  same: "",
} as const;

function changeOf(line: string): keyof typeof COLOURS {
  if (/^(diff |index |\+\+\+ |--- |@@)/.test(line)) return "place";
  return line.startsWith("+") ? "added" : line.startsWith("-") ? "removed" : "same";
}
