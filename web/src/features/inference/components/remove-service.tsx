import { Trash2 } from "lucide-react";

import { Confirmed } from "@/components/confirmed";
import { useRemoveService, useUndeleteService } from "@/features/inference/queries";
import type { Service } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";
import { showFailure, showToast } from "@/lib/toasts";

export function RemoveService({ service, onDone }: { service: Service; onDone: () => void }) {
  const { t } = useI18n();
  const remove = useRemoveService();
  const undelete = useUndeleteService();
  const title = t("services.removeNamed", { name: service.name });
  return (
    <Confirmed
      icon={Trash2}
      title={title}
      about={t("services.removeAbout")}
      action={t("action.delete")}
      mutation={remove}
      onConfirm={(close) =>
        remove.mutate(service.id, {
          onSuccess: () => {
            close();
            onDone();
            showToast({
              text: t("services.removed", { name: service.name }),
              undo: () => void undelete.mutateAsync(service.id).catch(showFailure),
            });
          },
        })
      }
    />
  );
}
