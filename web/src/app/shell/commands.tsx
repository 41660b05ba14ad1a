import { useNavigate } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { Suspense, lazy, useEffect } from "react";

import { showCommands, useCommandPanel } from "@/app/shell/command-panel";
import { createKeyReader } from "@/app/shell/key-sequence";
import type { ShellPlace } from "@/app/shell/shell";
import { Button } from "@/components/ui/button";
import { useI18n } from "@/lib/i18n/i18n-context";
import { loadTexts } from "@/lib/i18n/locale";
import { shortcutsAreOn } from "@/lib/shortcuts";

const withTexts =
  <T,>(load: () => Promise<T>) =>
  async (): Promise<T> => {
    const [loaded] = await Promise.all([load(), loadTexts("commands"), loadTexts("work")]);
    return loaded;
  };
const CommandPalette = lazy(withTexts(() => import("./command-palette")));
const ShortcutsSheet = lazy(withTexts(() => import("./shortcuts-sheet")));

/** The palette and the list of shortcuts, fetched at their first use, and the keys that open them. */
export function Commands(place: ShellPlace) {
  const { project } = place;
  const navigate = useNavigate();
  const open = useCommandPanel();

  useEffect(() => {
    const read = createKeyReader();
    const onKey = (event: KeyboardEvent) => {
      const pressed = read(event, shortcutsAreOn());
      if (pressed === null) return;
      event.preventDefault();
      if (pressed === "palette" || pressed === "shortcuts") showCommands(pressed);
      else if (pressed === "search") document.querySelector<HTMLElement>("main input[type=search]")?.focus();
      else if (project) void navigate({ to: pressed, params: { project } });
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [navigate, project]);

  return (
    <Suspense>
      {open === "palette" && <CommandPalette {...place} />}
      {open === "shortcuts" && <ShortcutsSheet />}
    </Suspense>
  );
}

export function CommandButton() {
  const { t } = useI18n();
  return (
    <Button
      variant="ghost"
      size="icon"
      aria-label={t("commands.open")}
      aria-haspopup="dialog"
      title={`${t("commands.open")} (Ctrl K)`}
      onClick={() => showCommands("palette")}
    >
      <Search aria-hidden />
    </Button>
  );
}
