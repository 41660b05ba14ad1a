import { useNavigate } from "@tanstack/react-router";
import { BookOpen, LogOut, User } from "lucide-react";

import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { useSignOut } from "@/features/auth/queries";
import type { Me } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

export function UserMenu({ me }: { me: Me }) {
  const { t } = useI18n();
  const navigate = useNavigate();
  const signOut = useSignOut();
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon" aria-label={t("account.menu", { name: me.user.name })}>
          <User aria-hidden />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <DropdownMenuLabel className="wrap-anywhere">
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
