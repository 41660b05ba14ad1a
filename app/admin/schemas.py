from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class AdministeredOrganization(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    slug: str
    name: str
    created_at: datetime
    disabled_at: datetime | None
    """Since when nobody works in it."""


class AdministeredUser(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    email: str
    name: str
    is_platform_admin: bool
    created_at: datetime
    disabled_at: datetime | None
    """Since when no credential of theirs is good."""


class DashboardAccess(BaseModel):
    url: str
    """Of Ray's dashboard and Jobs API, as the platform reaches it."""
    token: str
    """`Authorization: Bearer …`. Who has it can run code on the cluster."""
