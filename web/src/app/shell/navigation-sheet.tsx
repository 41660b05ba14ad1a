import { type ReactElement, useState } from "react";

import { Navigation } from "@/app/shell/navigation";
import { Sheet, SheetContent, SheetTrigger } from "@/components/ui/sheet";
import { useI18n } from "@/lib/i18n/i18n-context";

/** The navigation of a narrow screen. */
export default function NavigationSheet({ project, trigger }: { project: string; trigger: ReactElement }) {
  const { t } = useI18n();
  const [open, setOpen] = useState(true);
  return (
    <Sheet open={open} onOpenChange={setOpen}>
      <SheetTrigger asChild>{trigger}</SheetTrigger>
      <SheetContent title="Trine" closeLabel={t("nav.close")}>
        <Navigation project={project} onChoose={() => setOpen(false)} />
      </SheetContent>
    </Sheet>
  );
}
