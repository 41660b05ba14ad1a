"""What a principal may see of the events, by the table of permissions."""

from app.activity.sight import Sight
from app.auth.permissions import FAMILIES, Action, Role, allows, covers
from app.auth.principal import Principal


def sight(principal: Principal) -> Sight:
    manages = covers(principal.scopes, Action.MEMBERS)

    def whole(role: Role | None) -> bool:
        return manages and role is not None and allows(role, Action.MEMBERS)

    return Sight(
        orgs=frozenset(org_id for org_id, role in principal.roles.items() if whole(role)),
        projects=frozenset(project_id for project_id, role in principal.project_roles.items() if whole(role)),
        actor_id=principal.actor_id,
        reserved=FAMILIES,
    )
