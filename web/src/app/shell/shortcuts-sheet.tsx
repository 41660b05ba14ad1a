import { showCommands } from "@/app/shell/command-panel";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { useFocusBack } from "@/lib/focus-back";
import { useI18n } from "@/lib/i18n/i18n-context";
import { useShortcutsAreOn } from "@/lib/shortcuts";

const APPLE = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** What which keys do, and whether they do. */
export default function ShortcutsSheet() {
  const { t } = useI18n();
  const [on, turn] = useShortcutsAreOn();
  const focusBack = useFocusBack();
  const keys = [
    [[APPLE ? "⌘" : "Ctrl", "K"], t("commands.open")],
    [["?"], t("commands.shortcuts")],
    [["/"], t("commands.toSearch")],
    [["g", "d"], t("nav.dashboard")],
    [["g", "t"], t("nav.training")],
    [["g", "i"], t("nav.inference")],
    [["g", "s"], t("nav.simulation")],
    [["g", "e"], t("nav.experiments")],
    [["g", "a"], t("nav.agent")],
    [["F8"], t("commands.toToasts")],
    [["Esc"], t("commands.close")],
  ] as const;
  return (
    <Dialog open onOpenChange={() => showCommands(null)}>
      <DialogContent
        title={t("commands.shortcuts")}
        about={t("commands.shortcutsAbout")}
        closeLabel={t("nav.close")}
        onCloseAutoFocus={focusBack}
      >
        <dl className="divide-y divide-border">
          {keys.map(([pressed, text]) => (
            <div key={text} className="flex items-center justify-between gap-4 py-2">
              <dt>{text}</dt>
              <dd className="flex gap-1">
                {pressed.map((key) => (
                  <kbd key={key} className="rounded-md border border-border bg-muted px-1.5 py-0.5 font-mono text-xs">
                    {key}
                  </kbd>
                ))}
              </dd>
            </div>
          ))}
        </dl>
        <Checkbox label={t("commands.singleKeys")} checked={on} onChange={turn} />
      </DialogContent>
    </Dialog>
  );
}
