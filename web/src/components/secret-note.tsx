import { KeyRound } from "lucide-react";

import { CopyCommand } from "./copy-command";

/** A secret that is shown this once. */
export function SecretNote({ about, secret }: { about: string; secret: string }) {
  return (
    <div role="status" className="space-y-3">
      <p className="flex items-start gap-2 rounded-lg bg-warning-soft p-3 text-warning">
        <KeyRound aria-hidden className="mt-0.5 size-4 shrink-0" />
        {about}
      </p>
      <CopyCommand command={secret} />
    </div>
  );
}
