import { Slot } from "radix-ui";
import { type ReactElement, useState } from "react";

import type { Pending } from "./form-dialog";
import { ProblemNote } from "./problem-note";
import { ConfirmDialog } from "./ui/confirm-dialog";

interface ConfirmedProps {
  trigger: ReactElement;
  title: string;
  /** What will be so afterwards, and whether there is a way back. */
  about: string;
  /** On the button that does it. */
  action: string;
  mutation: Pending;
  onConfirm: (close: () => void) => void;
}

/** A button that asks before it does something; where the platform refuses, the question says why. */
export function Confirmed({ trigger, title, about, action, mutation, onConfirm }: ConfirmedProps) {
  const [asking, setAsking] = useState(false);

  function close(): void {
    setAsking(false);
    mutation.reset();
  }

  return (
    <>
      <Slot.Root aria-haspopup="dialog" onClick={() => setAsking(true)}>
        {trigger}
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
