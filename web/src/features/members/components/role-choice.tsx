import { ProblemNote } from "@/components/problem-note";
import { controlClasses } from "@/components/ui/field";
import { useChangeRole } from "@/features/members/queries";
import { cn } from "@/lib/class-names";
import type { Member } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";
import { type Role, mayManage, rolesBelow } from "@/lib/roles";

interface RoleChoiceProps {
  organization: string;
  /** Role of whoever looks. */
  own: string | undefined;
  member: Member;
}

/** The role of a member; a choice where the one who looks may change it. */
export function RoleChoice({ organization, own, member }: RoleChoiceProps) {
  const { t, term } = useI18n();
  const change = useChangeRole(organization);
  const choices = rolesBelow(own);
  if (!mayManage(own) || !choices.some((each) => each === member.role)) return term("role", member.role);
  return (
    <div className="space-y-2">
      <select
        aria-label={t("members.roleOf", { name: member.name })}
        value={change.isPending ? change.variables.role : member.role}
        disabled={change.isPending}
        onChange={({ target }) => change.mutate({ userId: member.user_id, role: target.value as Role })}
        className={cn(controlClasses, "h-9 max-w-36")}
      >
        {choices.map((role) => (
          <option key={role} value={role}>
            {term("role", role)}
          </option>
        ))}
      </select>
      {change.error && <ProblemNote error={change.error} />}
    </div>
  );
}
