"""What a principal may do, in one organization."""

from uuid import UUID

from app.auth.permissions import Action, allows
from app.auth.principal import Principal
from app.errors import Forbidden, NotFound


def require(principal: Principal, action: Action, org_id: UUID) -> None:
    """Raises `NotFound` outside the principal's organizations, `Forbidden` where its role is too low."""
    role = principal.roles.get(org_id)
    if role is None:
        raise NotFound("organization", org_id)
    if not allows(role, action):
        raise Forbidden(f"the role {role.value!r} may not {action.value}: ask an owner or admin of the organization")
