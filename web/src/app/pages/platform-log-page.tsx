import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { PageHeader } from "@/components/page-header";
import { Panel } from "@/components/ui/panel";
import { AuditFiltersForm } from "@/features/audit/components/audit-filters";
import { EventsTable } from "@/features/audit/components/events-table";
import { platformLogQuery } from "@/features/audit/queries";
import { useI18n } from "@/lib/i18n/i18n-context";

const route = getRouteApi("/admin/events");

export function PlatformLogPage() {
  const { t } = useI18n();
  const { me } = route.useRouteContext();
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const events = useInfiniteQuery(platformLogQuery(filters));
  const actors = [[me.user.id, me.user.name]] as const;
  return (
    <>
      <PageHeader title={t("admin.events")} about={t("admin.eventsAbout")} />
      <div className="space-y-4">
        <AuditFiltersForm
          filters={filters}
          actors={actors}
          onChange={(search) => void navigate({ search, replace: true })}
        />
        <Panel>
          <EventsTable query={events} names={new Map(actors)} />
        </Panel>
      </div>
    </>
  );
}
