import { useQuery } from "@tanstack/react-query";

import { ProblemNote } from "@/components/problem-note";
import { Button } from "@/components/ui/button";
import { useI18n } from "@/lib/i18n/i18n-context";

import { providersQuery, useDeparture } from "@/features/auth/queries";

/** The other ways to sign in; nothing where the platform has none, and while it has not said so. */
export function ProviderButtons({ next }: { next: string }) {
  const { t } = useI18n();
  const providers = useQuery(providersQuery);
  const departure = useDeparture();
  if (!providers.data?.length) return null;
  return (
    <div className="mt-4 space-y-2 border-t border-border pt-4">
      {providers.data.map(({ name, title }) => (
        <Button
          key={name}
          variant="outline"
          className="w-full"
          disabled={departure.isPending}
          onClick={() => departure.mutate({ provider: name, next })}
        >
          {t("auth.signInWith", { provider: title })}
        </Button>
      ))}
      {departure.error && <ProblemNote error={departure.error} />}
    </div>
  );
}
