import { Slot } from "radix-ui";
import { type ReactElement, type ReactNode, Suspense, useState } from "react";

interface OnDemandProps {
  trigger: ReactElement;
  /** Fetches what `children` renders; called when somebody is about to use it. */
  preload: () => unknown;
  /** What takes the trigger's place at its first use, opened. */
  children: (trigger: ReactElement) => ReactNode;
}

/** A button whose menu is fetched no earlier than somebody reaches for it. */
export function OnDemand({ trigger, preload, children }: OnDemandProps) {
  const [used, setUsed] = useState(false);
  if (used) return <Suspense fallback={trigger}>{children(trigger)}</Suspense>;
  return (
    <Slot.Root
      aria-haspopup="true"
      aria-expanded={false}
      onPointerEnter={preload}
      onFocus={preload}
      onClick={() => setUsed(true)}
    >
      {trigger}
    </Slot.Root>
  );
}
