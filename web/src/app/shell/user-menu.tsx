import { useQuery } from "@tanstack/react-query";
import { useLocation, useNavigate } from "@tanstack/react-router";
import { BookOpen, Link2, LogOut } from "lucide-react";
import type { ReactElement } from "react";

import { ProblemNote } from "@/components/problem-note";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { identitiesQuery, providersQuery, useLinking, useSignOut } from "@/features/auth/queries";
import type { Me } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

export default function UserMenu({ me, trigger }: { me: Me; trigger: ReactElement }) {
  const { t } = useI18n();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const here = useLocation({ select: ({ pathname }) => pathname });
  const providers = useQuery(providersQuery);
  const identities = useQuery(identitiesQuery);
  const linking = useLinking();
  const linked = new Set(identities.data?.map((identity) => identity.provider));
  const others = identities.data ? providers.data?.filter(({ name }) => !linked.has(name)) : undefined;
  return (
    <DropdownMenu defaultOpen>
      <DropdownMenuTrigger asChild>{trigger}</DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <DropdownMenuLabel>
          {me.user.name}
          <br />
          {me.user.email}
        </DropdownMenuLabel>
        <DropdownMenuItem asChild>
          <a href="/docs" target="_blank" rel="noreferrer">
            <BookOpen aria-hidden />
            {t("account.api")}
          </a>
        </DropdownMenuItem>
        {others?.map(({ name, title }) => (
          <DropdownMenuItem
            key={name}
            onSelect={(event) => {
              // The menu stays: it tells where the provider does not answer.
              event.preventDefault();
              linking.mutate({ provider: name, next: here });
            }}
          >
            <Link2 aria-hidden />
            {t("auth.link", { provider: title })}
          </DropdownMenuItem>
        ))}
        {linking.error && <ProblemNote error={linking.error} />}
        <DropdownMenuItem
          onSelect={() => signOut.mutate(undefined, { onSuccess: () => void navigate({ to: "/sign-in" }) })}
        >
          <LogOut aria-hidden />
          {t("auth.signOut")}
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
