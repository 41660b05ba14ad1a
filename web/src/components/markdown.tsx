import { Suspense, lazy } from "react";

import { Skeleton } from "./ui/skeleton";

// The parser comes with the first text that needs it.
const MarkdownText = lazy(() => import("./markdown-text"));

/** A text in Markdown. HTML in it is shown as text. */
export function Markdown({ text }: { text: string }) {
  return (
    <Suspense fallback={<Skeleton className="h-40" />}>
      <MarkdownText text={text} />
    </Suspense>
  );
}
