from datetime import datetime
from uuid import UUID

from trine.records.base import Record


class User(Record):
    id: UUID
    email: str
    name: str


class Organization(Record):
    id: UUID
    slug: str
    name: str
    requires_second_factor: bool = False
    """Of its members' sessions; keys and jobs have none."""
    created_at: datetime


class Project(Record):
    id: UUID
    org_id: UUID
    slug: str
    name: str
    description: str
    private: bool = False
    """Of its own members alone, and of the owners and admins of the organization."""
    created_at: datetime


class ProjectMember(Record):
    member_id: UUID
    """Of the person or the service account."""
    kind: str
    """user or service_account."""
    name: str
    email: str | None
    organization_role: str
    given: str | None
    """The role that this project gives; None: that of the organization holds."""
    role: str
    """What holds here."""


class Account(Record):
    """Somebody, and what they belong to."""

    user: User
    organizations: list[Organization]
    projects: list[Project]
    default_project_id: UUID | None = None


class Me(Account):
    roles: dict[UUID, str] = {}
    """Organization → role there."""
    is_platform_admin: bool = False
    withheld_org_ids: list[UUID] = []
    """Organizations that ask for a second factor, which this session has not proven."""


class SignedIn(Account):
    token: str
    expires_at: datetime


class ApiKey(Record):
    id: UUID
    name: str
    prefix: str
    project_id: UUID
    scopes: list[str]
    """Empty: whatever its owner may do."""
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    """To the minute."""
    revoked_at: datetime | None


class ApiKeyCreated(ApiKey):
    key: str
    """Shown this once."""
