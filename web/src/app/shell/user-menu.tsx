import { Link, useNavigate } from "@tanstack/react-router";
import { BookOpen, KeyRound, LogOut, Settings, ShieldCheck } from "lucide-react";
import type { ReactElement } from "react";

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

export default function UserMenu({ me, trigger }: { me: Me; trigger: ReactElement }) {
  const { t } = useI18n();
  const navigate = useNavigate();
  const signOut = useSignOut();
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
        <DropdownMenuItem asChild>
          <Link to="/settings">
            <Settings aria-hidden />
            {t("account.settings")}
          </Link>
        </DropdownMenuItem>
        <DropdownMenuItem asChild>
          <Link to="/settings/keys">
            <KeyRound aria-hidden />
            {t("account.keys")}
          </Link>
        </DropdownMenuItem>
        {me.is_platform_admin && (
          <DropdownMenuItem asChild>
            <Link to="/admin">
              <ShieldCheck aria-hidden />
              {t("account.administration")}
            </Link>
          </DropdownMenuItem>
        )}
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
