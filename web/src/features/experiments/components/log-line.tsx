import { Marked } from "@/components/marked";
import { cn } from "@/lib/class-names";
import { useI18n } from "@/lib/i18n/i18n-context";

interface LogLineProps {
  time: string;
  stream: string;
  text: string;
  pattern: RegExp | undefined;
}

export function LogLine({ time, stream, text, pattern }: LogLineProps) {
  const { format } = useI18n();
  return (
    <div className="flex gap-3">
      <time dateTime={time} className="hidden shrink-0 text-muted-foreground sm:inline">
        {format.time(time)}
      </time>
      <span className={cn("min-w-0 wrap-anywhere whitespace-pre-wrap", stream === "stderr" && "text-warning")}>
        <Marked text={text} pattern={pattern} />
      </span>
    </div>
  );
}
