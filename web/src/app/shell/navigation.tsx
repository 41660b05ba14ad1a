import { Link } from "@tanstack/react-router";
import { Bot, Building2, FlaskConical, Gamepad2, LayoutDashboard, Radio, Zap } from "lucide-react";

import type { Organization } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

const PLACES = [
  ["/p/$project", "nav.dashboard", LayoutDashboard],
  ["/p/$project/training", "nav.training", Zap],
  ["/p/$project/inference", "nav.inference", Radio],
  ["/p/$project/simulation", "nav.simulation", Gamepad2],
  ["/p/$project/experiments", "nav.experiments", FlaskConical],
  ["/p/$project/agent", "nav.agent", Bot],
] as const;

const linkClasses =
  "flex min-h-9 items-center gap-3 rounded-lg px-3 py-2 font-medium text-muted-foreground transition-colors hover:bg-muted hover:text-foreground aria-[current=page]:bg-accent aria-[current=page]:text-accent-foreground";

interface NavigationProps {
  organization: Organization | undefined;
  project: string | undefined;
  onChoose?: () => void;
}

/** The six places of a project, and below them its organization. */
export function Navigation({ organization, project, onChoose }: NavigationProps) {
  const { t } = useI18n();
  return (
    <>
      {project && (
        <nav aria-label={t("nav.label")}>
          <ul className="space-y-1">
            {PLACES.map(([to, text, Icon]) => (
              <li key={to}>
                <Link
                  to={to}
                  params={{ project }}
                  activeOptions={{ exact: to === "/p/$project" }}
                  onClick={onChoose}
                  className={linkClasses}
                >
                  <Icon aria-hidden className="size-4 shrink-0" />
                  {t(text)}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      )}
      {organization && (
        <nav aria-label={t("nav.organization")} className="mt-4 border-t border-border pt-4">
          <Link to="/o/$org" params={{ org: organization.slug }} onClick={onChoose} className={linkClasses}>
            <Building2 aria-hidden className="size-4 shrink-0" />
            {t("nav.organization")}
          </Link>
        </nav>
      )}
    </>
  );
}
