import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Boxes, Radio } from "lucide-react";

import { servicesQuery } from "@/features/inference/queries";
import { modelsQuery } from "@/features/registry/queries";
import { useI18n } from "@/lib/i18n/i18n-context";

/** How many models and services the project has. */
export function Totals({ project }: { project: string }) {
  const { t } = useI18n();
  const models = useInfiniteQuery(modelsQuery(project));
  const services = useInfiniteQuery(servicesQuery(project));
  const totals = [
    ["models", "/p/$project/experiments/models", Boxes, t("models.title"), models],
    ["services", "/p/$project/inference", Radio, t("services.title"), services],
  ] as const;
  return (
    <div className="grid grid-cols-2 gap-4">
      {totals.map(([key, to, Icon, title, { data, hasNextPage }]) => (
        <Link
          key={key}
          to={to}
          params={{ project }}
          className="flex items-center gap-3 rounded-lg border border-border bg-card p-4 transition-colors hover:border-primary"
        >
          <Icon aria-hidden className="size-5 shrink-0 text-accent-foreground" />
          <span className="min-w-0">
            <span className="tabular block text-2xl leading-7 font-semibold" data-count={key}>
              {data ? `${data.pages.reduce((sum, page) => sum + page.items.length, 0)}${hasNextPage ? "+" : ""}` : "–"}
            </span>
            <span className="text-xs text-muted-foreground">{title}</span>
          </span>
        </Link>
      ))}
    </div>
  );
}
