import { AlertDialog } from "radix-ui";
import type { ReactNode } from "react";

import { useFocusBack } from "@/lib/focus-back";
import { useI18n } from "@/lib/i18n/i18n-context";

import { Button } from "./button";

interface ConfirmDialogProps {
  title: string;
  /** What will happen, and whether it can be undone. */
  about: ReactNode;
  /** What the button that does it says. */
  action: string;
  tone?: "danger" | "primary";
  disabled?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something is done; shown while it is mounted. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, about, action, tone = "danger", disabled = false, onConfirm, onClose } = props;
  const { t } = useI18n();
  const focusBack = useFocusBack();
  return (
    <AlertDialog.Root open onOpenChange={onClose}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-40 bg-black/50" />
        <AlertDialog.Content
          onCloseAutoFocus={focusBack}
          className="fixed top-1/2 left-1/2 z-50 max-h-[90dvh] w-[calc(100vw-2rem)] max-w-md -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-lg border border-border bg-card p-6 shadow-lg"
        >
          <AlertDialog.Title className="font-semibold wrap-anywhere">{title}</AlertDialog.Title>
          <AlertDialog.Description asChild>
            <div className="mt-2 text-muted-foreground">{about}</div>
          </AlertDialog.Description>
          <div className="mt-6 flex flex-wrap justify-end gap-2">
            <AlertDialog.Cancel asChild>
              <Button variant="outline">{t("action.back")}</Button>
            </AlertDialog.Cancel>
            <Button variant={tone} disabled={disabled} onClick={onConfirm}>
              {action}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
