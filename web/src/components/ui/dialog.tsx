import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";

import { Button } from "./button";

export const Dialog = Radix.Root;
export const DialogTrigger = Radix.Trigger;
export const DialogClose = Radix.Close;

const overlayClasses = "fixed inset-0 z-40 bg-black/50";
const panelClasses =
  "fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-2rem)] w-full max-w-[min(32rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 flex-col gap-4 overflow-y-auto rounded-lg border border-border bg-card p-6 shadow-lg";

interface DialogContentProps {
  title: string;
  about?: string | undefined;
  closeLabel: string;
  /** Where the focus goes afterwards; to the trigger where it is left out. */
  onCloseAutoFocus?: ((event: Event) => void) | undefined;
  children: ReactNode;
}

/** A panel in the middle of the window, above all else. */
export function DialogContent({ title, about, closeLabel, onCloseAutoFocus, children }: DialogContentProps) {
  return (
    <Radix.Portal>
      <Radix.Overlay className={overlayClasses} />
      <Radix.Content
        className={panelClasses}
        {...(about ? {} : { "aria-describedby": undefined })}
        {...(onCloseAutoFocus && { onCloseAutoFocus })}
      >
        <div className="flex items-start justify-between gap-4">
          <div className="min-w-0 space-y-1">
            <Radix.Title className="text-base font-semibold wrap-anywhere">{title}</Radix.Title>
            {about && <Radix.Description className="text-muted-foreground">{about}</Radix.Description>}
          </div>
          <Radix.Close asChild>
            <Button variant="ghost" size="icon" aria-label={closeLabel} className="-mt-2 -mr-2">
              <X aria-hidden />
            </Button>
          </Radix.Close>
        </div>
        {children}
      </Radix.Content>
    </Radix.Portal>
  );
}
