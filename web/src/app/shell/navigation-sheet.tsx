import { type ComponentProps, type ReactElement, useState } from "react";

import { Navigation } from "@/app/shell/navigation";
import { Sheet, SheetContent, SheetTrigger } from "@/components/ui/sheet";
import { useI18n } from "@/lib/i18n/i18n-context";

interface NavigationSheetProps extends Omit<ComponentProps<typeof Navigation>, "onChoose"> {
  trigger: ReactElement;
}

/** The navigation of a narrow screen. */
export default function NavigationSheet({ trigger, ...place }: NavigationSheetProps) {
  const { t } = useI18n();
  const [open, setOpen] = useState(true);
  return (
    <Sheet open={open} onOpenChange={setOpen}>
      <SheetTrigger asChild>{trigger}</SheetTrigger>
      <SheetContent title="Trine" closeLabel={t("nav.close")}>
        <Navigation {...place} onChoose={() => setOpen(false)} />
      </SheetContent>
    </Sheet>
  );
}
