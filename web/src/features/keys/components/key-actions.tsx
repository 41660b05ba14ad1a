import { Trash2 } from "lucide-react";

import { Confirmed } from "@/components/confirmed";
import { FormDialog } from "@/components/form-dialog";
import { SecretNote } from "@/components/secret-note";
import { type KeyOwner, useRevokeKey, useRotateKey } from "@/features/keys/queries";
import type { ApiKey } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";
import { showToast } from "@/lib/toasts";

interface KeyActionProps {
  owner: KeyOwner;
  apiKey: ApiKey;
}

/** Beside the list and not in it: the line of the old key goes before the new key has been copied. */
export function RotateDialog({ owner, apiKey, onClose }: KeyActionProps & { onClose: () => void }) {
  const { t } = useI18n();
  const rotate = useRotateKey(owner);
  return (
    <FormDialog
      onClose={onClose}
      title={t("keys.rotateNamed", { name: apiKey.name })}
      about={t("keys.rotateAbout")}
      submit={t("keys.rotate")}
      mutation={rotate}
      onSubmit={() => rotate.mutate(apiKey)}
      result={rotate.data && <SecretNote about={t("keys.once")} secret={rotate.data.key} />}
    >
      {() => null}
    </FormDialog>
  );
}

export function RevokeKey({ owner, apiKey }: KeyActionProps) {
  const { t } = useI18n();
  const revoke = useRevokeKey(owner);
  const title = t("keys.revokeNamed", { name: apiKey.name });
  return (
    <Confirmed
      icon={Trash2}
      title={title}
      about={t("keys.revokeAbout")}
      action={t("action.revoke")}
      mutation={revoke}
      onConfirm={(close) =>
        revoke.mutate(apiKey.id, {
          onSuccess: () => {
            close();
            showToast({ text: t("keys.revoked", { name: apiKey.name }) });
          },
        })
      }
    />
  );
}
