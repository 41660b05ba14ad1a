import { type ReactElement, type ReactNode, type SubmitEvent, useState } from "react";

import { Problem } from "@/lib/api/problem";
import { useFocusBack } from "@/lib/focus-back";
import { useI18n } from "@/lib/i18n/i18n-context";

import { ProblemNote } from "./problem-note";
import { Button } from "./ui/button";
import { Dialog, DialogClose, DialogContent, DialogTrigger } from "./ui/dialog";

/** What a dialog needs to know of the mutation that it starts. */
export interface Pending {
  isPending: boolean;
  error: Error | null;
  reset: () => void;
}

interface FormDialogProps {
  /** Without one the dialog is open while it is mounted. */
  trigger?: ReactElement;
  onClose?: () => void;
  title: string;
  about?: string;
  /** On the button that sends the form. */
  submit: string;
  mutation: Pending;
  onSubmit: (form: FormData, close: () => void) => void;
  /** Takes the form's place once there is one: what is shown only this once. */
  result?: ReactNode;
  /** The fields; what the platform refused, by field. */
  children: (refused: Readonly<Record<string, string>>) => ReactNode;
}

/** A form in a dialog; it stays, with what was typed, where the platform refuses. */
export function FormDialog(props: FormDialogProps) {
  const { trigger, onClose, title, about, submit, mutation, onSubmit, result, children } = props;
  const { t } = useI18n();
  const [open, setOpen] = useState(!trigger);
  const focusBack = useFocusBack();
  const refused = mutation.error instanceof Problem ? mutation.error.fields : {};

  function turn(opened: boolean): void {
    setOpen(opened);
    mutation.reset();
    if (!opened) onClose?.();
  }

  function send(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    onSubmit(new FormData(event.currentTarget), () => turn(false));
  }

  return (
    <Dialog open={open} onOpenChange={turn}>
      {trigger && <DialogTrigger asChild>{trigger}</DialogTrigger>}
      <DialogContent
        title={title}
        about={result ? undefined : about}
        closeLabel={t("nav.close")}
        onCloseAutoFocus={trigger ? undefined : focusBack}
      >
        {result ? (
          <>
            {result}
            <DialogClose asChild>
              <Button className="ml-auto">{t("action.done")}</Button>
            </DialogClose>
          </>
        ) : (
          <form onSubmit={send} className="space-y-4">
            {children(refused)}
            {mutation.error && <ProblemNote error={mutation.error} />}
            <div className="flex flex-wrap justify-end gap-2">
              <DialogClose asChild>
                <Button variant="outline">{t("action.cancel")}</Button>
              </DialogClose>
              <Button type="submit" disabled={mutation.isPending}>
                {submit}
              </Button>
            </div>
          </form>
        )}
      </DialogContent>
    </Dialog>
  );
}
