import { useQuery } from "@tanstack/react-query";

import { Ago } from "@/components/ago";
import { Confirmed } from "@/components/confirmed";
import { ProblemNote } from "@/components/problem-note";
import { QueryView } from "@/components/query-view";
import { Button } from "@/components/ui/button";
import { identitiesQuery, providersQuery, useLinking, useUnlink } from "@/features/auth/queries";
import { useI18n } from "@/lib/i18n/i18n-context";

/** Other ways to sign in: those that are linked, and those that can be. */
export function IdentitiesList({ next }: { next: string }) {
  const { t } = useI18n();
  const identities = useQuery(identitiesQuery);
  const providers = useQuery(providersQuery);
  const linking = useLinking();
  const unlink = useUnlink();
  const title = (name: string) => providers.data?.find((each) => each.name === name)?.title ?? name;
  return (
    <QueryView query={identities}>
      {(linked) => {
        const others = providers.data?.filter(({ name }) => !linked.some(({ provider }) => provider === name)) ?? [];
        if (linked.length === 0 && others.length === 0) {
          return <p className="text-muted-foreground">{t("identities.none")}</p>;
        }
        return (
          <>
            <ul className="divide-y divide-border">
              {linked.map((identity) => (
                <li key={identity.id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3">
                  <div className="min-w-0">
                    <p className="font-medium">{title(identity.provider)}</p>
                    <p className="text-xs wrap-anywhere text-muted-foreground">
                      {identity.email}
                      {identity.last_used_at && (
                        <>
                          {" "}
                          · <Ago when={identity.last_used_at} />
                        </>
                      )}
                    </p>
                  </div>
                  <Confirmed
                    trigger={
                      <Button variant="danger" size="small">
                        {t("identities.unlink")}
                      </Button>
                    }
                    title={t("identities.unlinkNamed", { provider: title(identity.provider) })}
                    about={t("identities.unlinkAbout")}
                    action={t("identities.unlink")}
                    mutation={unlink}
                    onConfirm={(close) => unlink.mutate(identity.id, { onSuccess: close })}
                  />
                </li>
              ))}
              {others.map(({ name, title: shown }) => (
                <li key={name} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3">
                  <p className="font-medium">{shown}</p>
                  <Button
                    variant="outline"
                    size="small"
                    disabled={linking.isPending}
                    onClick={() => linking.mutate({ provider: name, next })}
                  >
                    {t("auth.link", { provider: shown })}
                  </Button>
                </li>
              ))}
            </ul>
            {linking.error && <ProblemNote error={linking.error} />}
          </>
        );
      }}
    </QueryView>
  );
}
