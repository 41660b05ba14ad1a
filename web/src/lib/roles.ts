/** Roles of people, the lowest first. What each may do is decided by the platform; the page only hides what it would refuse. */
const ROLES = ["viewer", "member", "admin", "owner"] as const;
export type Role = (typeof ROLES)[number];

export function mayManage(role: string | undefined): boolean {
  return role === "owner" || role === "admin";
}

export function mayWork(role: string | undefined): boolean {
  return mayManage(role) || role === "member";
}

/** Where a role stands among all, the lowest first; -1 where it is not known. */
export function rankOf(role: string): number {
  return ROLES.findIndex((each) => each === role);
}

/** Roles that somebody of that role may give: their own and all below. */
export function rolesBelow(role: string | undefined): readonly Role[] {
  return ROLES.slice(0, ROLES.indexOf(role as Role) + 1);
}
