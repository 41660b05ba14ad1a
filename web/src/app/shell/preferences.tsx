import { Languages, Moon, Sun } from "lucide-react";

import { Button } from "@/components/ui/button";
import { useI18n } from "@/lib/i18n/i18n-context";
import { useTheme } from "@/lib/theme";

/** Language and theme. */
export function Preferences() {
  const { t, locale, setLocale } = useI18n();
  const { theme, toggle } = useTheme();
  return (
    <>
      <Button
        variant="ghost"
        size="icon"
        // In the language that it leads to, so that whoever needs it can read it.
        aria-label={locale === "zh" ? "Switch to English" : "切换到中文"}
        title={locale === "zh" ? "English" : "中文"}
        lang={locale === "zh" ? "en" : "zh-CN"}
        onClick={() => setLocale(locale === "zh" ? "en" : "zh")}
      >
        <Languages aria-hidden />
      </Button>
      <Button
        variant="ghost"
        size="icon"
        aria-label={t(theme === "dark" ? "theme.toLight" : "theme.toDark")}
        onClick={toggle}
      >
        {theme === "dark" ? <Sun aria-hidden /> : <Moon aria-hidden />}
      </Button>
    </>
  );
}
