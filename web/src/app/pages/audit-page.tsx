import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Download } from "lucide-react";

import { PageHeader } from "@/components/page-header";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { AuditFiltersForm } from "@/features/audit/components/audit-filters";
import { EventsTable } from "@/features/audit/components/events-table";
import { auditLogQuery, exportAddress } from "@/features/audit/queries";
import { everyMemberQuery, everyServiceAccountQuery } from "@/features/members/queries";
import { useI18n } from "@/lib/i18n/i18n-context";
import { mayManage } from "@/lib/roles";

const route = getRouteApi("/o/$org/audit");

export function AuditPage() {
  const { t } = useI18n();
  const { me, organization } = route.useRouteContext();
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const events = useInfiniteQuery(auditLogQuery(organization.id, filters));
  const members = useQuery(everyMemberQuery(organization.id));
  const accounts = useQuery(everyServiceAccountQuery(organization.id));
  const actors = [
    ...(members.data ?? []).map(({ user_id, name, email }) => [user_id, `${name} (${email})`] as const),
    ...(accounts.data ?? []).map(({ id, name }) => [id, name] as const),
  ];
  return (
    <>
      <PageHeader
        title={t("audit.title")}
        about={t(mayManage(me.roles[organization.id]) ? "audit.about" : "audit.aboutOwn")}
        actions={
          mayManage(me.roles[organization.id]) && (
            <Button asChild variant="outline">
              <a href={exportAddress(organization.id, filters)} download={`audit-${organization.slug}.ndjson`}>
                <Download aria-hidden />
                {t("audit.export")}
              </a>
            </Button>
          )
        }
      />
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
