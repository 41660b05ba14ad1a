import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";

import { useI18n } from "@/lib/i18n/i18n-context";

import { Button } from "./ui/button";

const SHOWN_MS = 2000;

/** A command to paste into a terminal. */
export function CopyCommand({ command }: { command: string }) {
  const { t } = useI18n();
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);

  return (
    <div className="flex items-center gap-2 rounded-lg border border-border bg-muted py-1 pr-1 pl-3 text-left">
      <code className="min-w-0 flex-1 font-mono text-xs wrap-anywhere whitespace-pre-wrap">{command}</code>
      <Button
        variant="ghost"
        size="icon"
        aria-label={t("action.copy")}
        onClick={() => void navigator.clipboard.writeText(command).then(() => setCopied(true))}
      >
        {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
      </Button>
      <span role="status" className="sr-only">
        {copied && t("action.copied")}
      </span>
    </div>
  );
}
