import { Field } from "@/components/ui/field";
import { useI18n } from "@/lib/i18n/i18n-context";

/** What the platform takes as a password, in characters; it decides, the page says so sooner. */
const SHORTEST = 12;
const LONGEST = 256;

interface NewPasswordFieldProps {
  label: string;
  name: string;
  /** Why the platform did not take it. */
  error: string | undefined;
  autoFocus?: boolean;
}

/** A password that is being chosen. */
export function NewPasswordField(props: NewPasswordFieldProps) {
  const { t } = useI18n();
  return (
    <Field
      {...props}
      type="password"
      autoComplete="new-password"
      required
      minLength={SHORTEST}
      maxLength={LONGEST}
      hint={t("auth.passwordHint", { count: SHORTEST })}
    />
  );
}
