import { X } from "lucide-react";
import { Toast } from "radix-ui";

import { ProblemWords } from "@/components/problem-words";
import { useI18n } from "@/lib/i18n/i18n-context";
import { dropToast, useToasts } from "@/lib/toasts";

import { Button } from "./button";

const SHOWN_MS = 8000;

/** What was done, at the foot of the window; F8 leads there. It stays while somebody points at it. */
export default function Toaster() {
  const { t } = useI18n();
  const toasts = useToasts();
  return (
    <Toast.Provider label={t("toast.label")} duration={SHOWN_MS} swipeDirection="right">
      {toasts.map(({ id, told, undo }) => (
        <Toast.Root
          key={id}
          onOpenChange={(open) => !open && dropToast(id)}
          className="flex items-center gap-2 rounded-lg border border-border bg-card p-2 pl-4 shadow-lg"
        >
          <Toast.Title className="min-w-0 flex-1 wrap-anywhere">
            {typeof told === "string" ? told : <ProblemWords error={told} />}
          </Toast.Title>
          {undo && (
            <Toast.Action asChild altText={t("toast.undoHow")} onClick={undo}>
              <Button variant="outline" size="small">
                {t("toast.undo")}
              </Button>
            </Toast.Action>
          )}
          <Toast.Close asChild>
            <Button variant="ghost" size="icon" aria-label={t("nav.close")}>
              <X aria-hidden />
            </Button>
          </Toast.Close>
        </Toast.Root>
      ))}
      <Toast.Viewport
        label={t("toast.label")}
        className="fixed right-4 bottom-4 z-50 flex w-96 max-w-[calc(100vw-2rem)] flex-col gap-2"
      />
    </Toast.Provider>
  );
}
