"""Who asks, and what that lets them see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.activity.actor import Actor
from app.auth.permissions import KeyScope, Role
from app.kit.db import Scope


class PrincipalKind(StrEnum):
    USER = "user"
    API_KEY = "api_key"
    WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Principal:
    kind: PrincipalKind
    id: UUID
    """Of the session, the key or the workload."""
    user_id: UUID | None
    """The person who answers for it; None for a worker and for a key of a service account."""
    roles: Mapping[UUID, Role]
    """Organization → role there."""
    project_roles: Mapping[UUID, Role | None] = field(default_factory=dict)
    """Project → role there, where it is not that of its organization; None: a project that is hidden."""
    project_id: UUID | None = None
    """A key's default project; the one project of a worker."""
    run_id: UUID | None = None
    """A worker's run."""
    attempt: int | None = None
    expires_at: datetime | None = None
    renews_at: datetime | None = None
    """Of a session: from when on its next token is offered."""
    withheld: tuple[UUID, ...] = ()
    """Organizations of the person that ask for a second factor, which the session has not proven."""
    is_platform_admin: bool = False
    service_account_id: UUID | None = None
    """Whose key it is where it is no person's."""
    scopes: frozenset[KeyScope] = frozenset()
    """Of a key; empty: whatever its owner may do."""
    scope: Scope = field(init=False)

    def __post_init__(self) -> None:
        hidden = tuple(project_id for project_id, role in self.project_roles.items() if role is None)
        object.__setattr__(self, "scope", Scope(tuple(self.roles), self.user_id, hidden_project_ids=hidden))

    def role(self, org_id: UUID, project_id: UUID | None = None) -> Role | None:
        """In the project, or in the organization as a whole; None where nothing may be seen."""
        organization = self.roles.get(org_id)
        if organization is None or project_id is None:
            return organization
        return self.project_roles.get(project_id, organization)

    @property
    def actor_id(self) -> UUID | None:
        """The person or the service account that answers for it."""
        return self.user_id or self.service_account_id

    @property
    def actor(self) -> Actor:
        """Whom events name."""
        return Actor(self.kind, self.id if self.kind is PrincipalKind.WORKER else self.actor_id)
