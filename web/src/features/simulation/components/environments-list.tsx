import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { QueryView } from "@/components/query-view";
import { type Described, described } from "@/features/simulation/environment";
import { environmentsQuery } from "@/features/simulation/queries";
import { useI18n } from "@/lib/i18n/i18n-context";

interface EnvironmentsListProps {
  /** What can be done with an environment. */
  actions: (environment: Described) => ReactNode;
}

/** Each environment with a frame of it, its spaces, and what counts as success. */
export function EnvironmentsList({ actions }: EnvironmentsListProps) {
  const { t, locale } = useI18n();
  const query = useQuery(environmentsQuery);
  return (
    <QueryView query={query} waiting="h-60">
      {(environments) =>
        environments.length === 0 ? (
          <p className="text-muted-foreground">{t("environments.none")}</p>
        ) : (
          <ul className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3 2xl:grid-cols-4">
            {environments.map((environment) => (
              <EnvironmentCard key={environment.id} environment={described(environment, locale)} actions={actions} />
            ))}
          </ul>
        )
      }
    </QueryView>
  );
}

function EnvironmentCard({ environment, actions }: EnvironmentsListProps & { environment: Described }) {
  const { t, format } = useI18n();
  const { name, summary, frame, observation, action, successReturn } = environment;
  return (
    <li className="flex min-w-0 flex-col overflow-hidden rounded-lg border border-border">
      {frame ? (
        <img src={frame} alt={t("environments.frame", { name })} className="h-36 w-full bg-white object-contain" />
      ) : (
        <div className="h-36 bg-muted" />
      )}
      <div className="flex flex-1 flex-col gap-3 p-4">
        <div>
          <h3 className="font-mono text-sm font-medium wrap-anywhere">{name}</h3>
          {summary && <p className="mt-1 text-muted-foreground">{summary}</p>}
        </div>
        <dl aria-label={t("environments.spaces", { name })} className="space-y-1 text-xs">
          {(
            [
              [t("environments.observation"), observation],
              [t("environments.action"), action],
            ] as const
          ).map(
            ([label, text]) =>
              text && (
                <div key={label} className="flex justify-between gap-4">
                  <dt className="text-muted-foreground">{label}</dt>
                  <dd className="text-right font-mono wrap-anywhere">{text}</dd>
                </div>
              ),
          )}
        </dl>
        {successReturn !== null && (
          <p className="text-xs text-muted-foreground">
            {t("environments.threshold", { value: format.value(successReturn) })}
          </p>
        )}
        <div className="mt-auto">{actions(environment)}</div>
      </div>
    </li>
  );
}
