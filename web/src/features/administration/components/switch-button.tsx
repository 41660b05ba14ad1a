import { Confirmed } from "@/components/confirmed";
import type { Pending } from "@/components/form-dialog";
import { Button } from "@/components/ui/button";
import { useI18n } from "@/lib/i18n/i18n-context";

interface SwitchButtonProps {
  name: string;
  disabledAt: string | null;
  /** What it means to be disabled. */
  about: string;
  mutation: Pending;
  onSwitch: (enabled: boolean, close: () => void) => void;
}

/** Disables somebody or something, or enables it again. */
export function SwitchButton({ name, disabledAt, about, mutation, onSwitch }: SwitchButtonProps) {
  const { t } = useI18n();
  const enables = disabledAt !== null;
  return (
    <Confirmed
      trigger={
        <Button
          variant={enables ? "outline" : "danger"}
          size="small"
          aria-label={t(enables ? "admin.enableNamed" : "admin.disableNamed", { name })}
        >
          {t(enables ? "admin.enable" : "admin.disable")}
        </Button>
      }
      title={t(enables ? "admin.enableNamed" : "admin.disableNamed", { name })}
      about={enables ? t("admin.enableAbout") : about}
      action={t(enables ? "admin.enable" : "admin.disable")}
      mutation={mutation}
      onConfirm={(close) => onSwitch(enables, close)}
    />
  );
}
