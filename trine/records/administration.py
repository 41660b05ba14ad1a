from datetime import datetime
from uuid import UUID

from trine.records.base import Record


class AdministeredOrganization(Record):
    id: UUID
    slug: str
    name: str
    created_at: datetime
    disabled_at: datetime | None
    """Since when nobody works in it."""


class AdministeredUser(Record):
    id: UUID
    email: str
    name: str
    is_platform_admin: bool
    created_at: datetime
    disabled_at: datetime | None
    """Since when no credential of theirs is good."""


class PasswordResetCreated(Record):
    user_id: UUID
    token: str
    """Shown this once; good once."""
    expires_at: datetime


class DashboardAccess(Record):
    url: str
    """Of Ray's dashboard and Jobs API, as the platform reaches it."""
    token: str
    """Who has it can run code on the cluster."""
