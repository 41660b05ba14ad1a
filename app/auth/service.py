"""What a principal may do, in one organization."""

from uuid import UUID

from app.auth.permissions import Action, Role, allows, covers
from app.auth.principal import Principal
from app.errors import Forbidden, NotFound, PlatformError, about
from app.kit.db import PLATFORM


class NotAdministrator(PlatformError):
    status, code = 404, "not_found"

    def __init__(self) -> None:
        super().__init__("there is nothing here for you; an administrator of the platform signs in to see it")


def require(principal: Principal, action: Action, org_id: UUID, project_id: UUID | None = None) -> None:
    """About a thing of the project, or of the organization as a whole.

    Raises `NotFound` outside the principal's organizations and projects, `Forbidden` where its role or key leaves too
    little.
    """
    role = principal.role(org_id, project_id)
    if role is None:
        raise NotFound("project", project_id) if org_id in principal.roles else NotFound("organization", org_id)
    if not allows(role, action):
        said = f"the role {role.value!r} may not {action.value}: ask an owner or admin of the organization"
        raise about(Forbidden(said), org_id, project_id)
    require_scope(principal, action)


def require_scope(principal: Principal, action: Action) -> None:
    """Raises `Forbidden` where the scopes of the key do not cover `action`, whatever the request is about."""
    if not covers(principal.scopes, action):
        scopes = ", ".join(sorted(principal.scopes))
        raise Forbidden(
            f"this key is for {scopes} and may not {action.value}: use a key with a wider scope",
            code="insufficient_scope",
        )


def require_administrator(principal: Principal) -> None:
    """Raises a 404 that is the same for everybody: who is not one learns nothing."""
    if not principal.is_platform_admin or not allows(Role.ADMINISTRATOR, Action.ADMINISTER):
        raise about(NotAdministrator(), PLATFORM)
