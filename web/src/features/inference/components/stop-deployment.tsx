import { CircleStop } from "lucide-react";

import { Confirmed } from "@/components/confirmed";
import { useStopDeployment } from "@/features/inference/queries";
import type { Deployment } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

export function StopDeployment({ deployment }: { deployment: Deployment }) {
  const { t } = useI18n();
  const stop = useStopDeployment();
  const title = t("deploy.stopNamed", { name: `${deployment.model} v${deployment.version}` });
  return (
    <Confirmed
      icon={CircleStop}
      title={title}
      about={t("deploy.stopAbout")}
      action={t("deploy.stop")}
      mutation={stop}
      onConfirm={(close) => stop.mutate(deployment.id, { onSuccess: close })}
    />
  );
}
