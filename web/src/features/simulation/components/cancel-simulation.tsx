import { CircleStop } from "lucide-react";

import { Confirmed } from "@/components/confirmed";
import { Button } from "@/components/ui/button";
import { ENDED, useCancelSimulation } from "@/features/simulation/queries";
import type { Simulation } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

/** Nothing where it has ended. */
export function CancelSimulation({ simulation }: { simulation: Simulation }) {
  const { t } = useI18n();
  const cancel = useCancelSimulation();
  if (ENDED.has(simulation.workload.status)) return null;
  return (
    <Confirmed
      trigger={
        <Button variant="danger">
          <CircleStop aria-hidden />
          {t("action.cancel")}
        </Button>
      }
      title={t("simulations.cancelNamed", { name: simulation.name })}
      about={t("simulations.cancelAbout")}
      action={t("simulations.cancelNamed", { name: simulation.name })}
      mutation={cancel}
      onConfirm={(close) => cancel.mutate(simulation.id, { onSuccess: close })}
    />
  );
}
