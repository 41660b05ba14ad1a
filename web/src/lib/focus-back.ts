import { useState } from "react";

/**
 * For a dialog that is open as long as it is there, and so has no trigger that is known: what has the focus when it
 * comes gets it back when it goes. Given to `onCloseAutoFocus`.
 */
export function useFocusBack(): (event: Event) => void {
  const [before] = useState(() => document.activeElement);
  return (event) => {
    event.preventDefault();
    if (before instanceof HTMLElement) before.focus();
  };
}
