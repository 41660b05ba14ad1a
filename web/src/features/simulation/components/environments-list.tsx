import { useQuery } from "@tanstack/react-query";

import { QueryView } from "@/components/query-view";
import { environmentsQuery } from "@/features/simulation/queries";
import { useI18n } from "@/lib/i18n/i18n-context";

export function EnvironmentsList() {
  const { t } = useI18n();
  const query = useQuery(environmentsQuery);
  return (
    <QueryView query={query} waiting="h-16">
      {(environments) =>
        environments.length === 0 ? (
          <p className="text-muted-foreground">{t("environments.none")}</p>
        ) : (
          <ul className="flex flex-wrap gap-2">
            {environments.map((environment) => (
              <li key={environment.id} className="rounded-lg bg-muted px-3 py-1.5 font-mono text-xs">
                {environment.name}
              </li>
            ))}
          </ul>
        )
      }
    </QueryView>
  );
}
