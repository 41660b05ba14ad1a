import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { DayField } from "@/components/day-field";
import { PageHeader } from "@/components/page-header";
import { Card } from "@/components/ui/card";
import { Select } from "@/components/ui/select";
import { everyMemberQuery } from "@/features/members/queries";
import { QuotasTable } from "@/features/quotas/components/quotas-table";
import { SetQuotaDialog } from "@/features/quotas/components/set-quota-dialog";
import { UsageTable } from "@/features/quotas/components/usage-table";
import { useI18n } from "@/lib/i18n/i18n-context";
import { mayManage } from "@/lib/roles";
import { withValue } from "@/lib/search";

const route = getRouteApi("/o/$org/usage");

export function UsagePage() {
  const { t } = useI18n();
  const { me, organization } = route.useRouteContext();
  const { by = "day", ...span } = route.useSearch();
  const navigate = route.useNavigate();
  const members = useQuery(everyMemberQuery(organization.id));
  const projects = me.projects.filter(({ org_id }) => org_id === organization.id);
  const names = new Map([
    ...projects.map(({ id, name }) => [id, name] as const),
    ...(members.data ?? []).map(({ user_id, name }) => [user_id, name] as const),
  ]);
  return (
    <>
      <PageHeader title={t("usage.tab")} about={t("usage.about")} />
      <div className="space-y-4">
        <Card
          title={t("quotas.title")}
          aside={
            mayManage(me.roles[organization.id]) && (
              <SetQuotaDialog organization={organization.id} projects={projects} members={members.data ?? []} />
            )
          }
        >
          <QuotasTable organization={organization.id} names={names} />
        </Card>
        <Card title={t("usage.title")}>
          <div className="mb-4 flex flex-wrap items-end gap-3">
            <Select
              label={t("usage.by")}
              value={by}
              options={[
                ["day", t("usage.byDay")],
                ["project", t("usage.byProject")],
                ["user", t("usage.byUser")],
              ]}
              onChange={(chosen) => void navigate({ search: { ...span, ...(chosen === "day" ? {} : { by: chosen }) } })}
              className="w-40"
            />
            {(["from", "to"] as const).map((end) => (
              <DayField
                key={end}
                label={t(end === "from" ? "span.from" : "span.to")}
                value={span[end]}
                onChange={(day) => void navigate({ search: (search) => withValue(search, end, day) })}
              />
            ))}
          </div>
          <UsageTable organization={organization.id} by={by} span={span} names={names} />
          <p className="mt-3 text-xs text-muted-foreground">{t("usage.note")}</p>
        </Card>
      </div>
    </>
  );
}
