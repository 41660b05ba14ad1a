import { UserPlus } from "lucide-react";
import { useState } from "react";

import { FormDialog } from "@/components/form-dialog";
import { SecretNote } from "@/components/secret-note";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import { useInvite } from "@/features/members/queries";
import { formNumber, formText } from "@/lib/form";
import { useI18n } from "@/lib/i18n/i18n-context";
import { type Role, rolesBelow } from "@/lib/roles";

const DAYS = 7;
const MOST_DAYS = 30;

/** Invites an address; the link is shown once, to be sent by whoever invites. */
export function InviteDialog({ organization, own }: { organization: string; own: string | undefined }) {
  const { t, term } = useI18n();
  const invite = useInvite(organization);
  const [role, setRole] = useState<Role>("member");
  return (
    <FormDialog
      trigger={
        <Button>
          <UserPlus aria-hidden />
          {t("members.invite")}
        </Button>
      }
      title={t("members.invite")}
      about={t("members.inviteAbout")}
      submit={t("members.invite")}
      mutation={invite}
      onSubmit={(form) => invite.mutate({ email: formText(form, "email"), role, days: formNumber(form, "days") })}
      result={
        invite.data && (
          <SecretNote
            about={t("members.inviteLink", { email: invite.data.email })}
            secret={`${window.location.origin}/invitation#${invite.data.token}`}
          />
        )
      }
    >
      {(refused) => (
        <>
          <Field label={t("auth.email")} name="email" type="email" required autoFocus error={refused["email"]} />
          <Select
            label={t("members.role")}
            value={role}
            options={rolesBelow(own).map((each) => [each, term("role", each)] as const)}
            onChange={setRole}
          />
          <NumberField
            label={t("members.inviteDays")}
            name="days"
            min={1}
            max={MOST_DAYS}
            defaultValue={DAYS}
            error={refused["days"]}
          />
        </>
      )}
    </FormDialog>
  );
}
