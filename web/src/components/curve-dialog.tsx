import { X } from "lucide-react";
import { Dialog } from "radix-ui";
import type { ReactNode } from "react";

import { useFocusBack } from "@/lib/focus-back";
import { useI18n } from "@/lib/i18n/i18n-context";

import { Button } from "./ui/button";

interface CurveDialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

/** A chart over the whole window. */
export default function CurveDialog({ title, onClose, children }: CurveDialogProps) {
  const { t } = useI18n();
  const focusBack = useFocusBack();
  return (
    <Dialog.Root open onOpenChange={onClose}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/50" />
        <Dialog.Content
          aria-describedby={undefined}
          onCloseAutoFocus={focusBack}
          className="fixed inset-2 z-50 overflow-y-auto rounded-lg border border-border bg-card p-4 sm:inset-6"
        >
          <div className="mb-4 flex items-center justify-between gap-4">
            <Dialog.Title className="font-semibold wrap-anywhere">{title}</Dialog.Title>
            <Dialog.Close asChild>
              <Button variant="ghost" size="icon" aria-label={t("nav.close")}>
                <X aria-hidden />
              </Button>
            </Dialog.Close>
          </div>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
