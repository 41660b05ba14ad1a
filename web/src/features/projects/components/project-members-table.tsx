import { useQuery } from "@tanstack/react-query";

import type { Column } from "@/components/data-table";
import { ProblemNote } from "@/components/problem-note";
import { QueryView } from "@/components/query-view";
import { controlClasses } from "@/components/ui/field";
import { WholeTable } from "@/components/whole-table";
import { projectMembersQuery, useGiveRole } from "@/features/projects/queries";
import { cn } from "@/lib/class-names";
import type { ProjectMember } from "@/lib/api/types";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";
import { mayManage, rankOf } from "@/lib/roles";
import type { RowsSearch } from "@/lib/rows-search";

const GIVEN = ["viewer", "member", "admin"] as const;

interface ProjectMembersTableProps {
  projectId: string;
  manages: boolean;
  search: RowsSearch;
  onSearch: (search: RowsSearch) => void;
}

/** Everybody who sees the project, with the role that they have in it. */
export function ProjectMembersTable({ projectId, manages, search, onSearch }: ProjectMembersTableProps) {
  const i18n = useI18n();
  const query = useQuery(projectMembersQuery(projectId));
  return (
    <QueryView query={query} waiting="h-40">
      {(members) => (
        <WholeTable
          label={i18n.t("projects.members")}
          columns={columns(projectId, manages, i18n)}
          rows={members}
          rowKey={(member) => member.member_id}
          words={(member) => `${member.name} ${member.email ?? ""}`}
          values={{ name: (member) => member.name, role: (member) => rankOf(member.role) }}
          search={search}
          onSearch={onSearch}
        />
      )}
    </QueryView>
  );
}

function columns(projectId: string, manages: boolean, { t, term }: I18n): Column<ProjectMember>[] {
  return [
    {
      key: "name",
      header: t("column.name"),
      sort: "name",
      cell: ({ name, email, kind }) => (
        <>
          <span className="block font-medium wrap-anywhere">{name}</span>
          <span className="block text-xs wrap-anywhere text-muted-foreground">{email ?? term("memberKind", kind)}</span>
        </>
      ),
    },
    {
      key: "organization",
      header: t("projects.organizationRole"),
      from: "sm",
      cell: ({ organization_role }) => term("role", organization_role),
    },
    {
      key: "role",
      header: t("projects.roleHere"),
      sort: "role",
      cell: (member) =>
        // Owners and admins of the organization keep their role in every project.
        manages && !mayManage(member.organization_role) ? (
          <GivenRole projectId={projectId} member={member} />
        ) : (
          term("role", member.role)
        ),
    },
  ];
}

function GivenRole({ projectId, member }: { projectId: string; member: ProjectMember }) {
  const { t, term } = useI18n();
  const give = useGiveRole(projectId);
  return (
    <div className="space-y-2">
      <select
        aria-label={t("members.roleOf", { name: member.name })}
        value={member.given ?? ""}
        disabled={give.isPending}
        onChange={({ target }) =>
          give.mutate({ memberId: member.member_id, role: GIVEN.find((each) => each === target.value) ?? null })
        }
        className={cn(controlClasses, "h-9 max-w-48")}
      >
        <option value="">{t("projects.sameRole", { role: term("role", member.organization_role) })}</option>
        {GIVEN.map((role) => (
          <option key={role} value={role}>
            {term("role", role)}
          </option>
        ))}
      </select>
      {give.error && <ProblemNote error={give.error} />}
    </div>
  );
}
