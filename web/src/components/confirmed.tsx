import type { LucideIcon } from "lucide-react";
import { Slot } from "radix-ui";
import { type ReactElement, useState } from "react";

import type { Pending } from "./form-dialog";
import { ProblemNote } from "./problem-note";
import { Button } from "./ui/button";
import { ConfirmDialog } from "./ui/confirm-dialog";

type Trigger =
  | { trigger: ReactElement; icon?: never }
  /** A red button of this icon alone, which the title names. */
  | { trigger?: never; icon: LucideIcon };

type ConfirmedProps = Trigger & {
  title: string;
  /** What will be so afterwards, and whether there is a way back. */
  about: string;
  /** On the button that does it. */
  action: string;
  mutation: Pending;
  onConfirm: (close: () => void) => void;
};

/** A button that asks before it does something; where the platform refuses, the question says why. */
export function Confirmed({ trigger, icon: Icon, title, about, action, mutation, onConfirm }: ConfirmedProps) {
  const [asking, setAsking] = useState(false);

  function close(): void {
    setAsking(false);
    mutation.reset();
  }

  return (
    <>
      <Slot.Root aria-haspopup="dialog" onClick={() => setAsking(true)}>
        {trigger ?? (
          <Button variant="danger" size="icon" aria-label={title}>
            <Icon aria-hidden />
          </Button>
        )}
      </Slot.Root>
      {asking && (
        <ConfirmDialog
          title={title}
          about={
            <>
              <p>{about}</p>
              {mutation.error && (
                <div className="mt-4">
                  <ProblemNote error={mutation.error} />
                </div>
              )}
            </>
          }
          action={action}
          disabled={mutation.isPending}
          onConfirm={() => onConfirm(close)}
          onClose={close}
        />
      )}
    </>
  );
}
