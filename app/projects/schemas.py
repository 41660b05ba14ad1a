from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from app.auth.permissions import Role
from trine.specs.training import Name


class ProjectCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    slug: Name
    name: Annotated[str, Field(min_length=1, max_length=200)]
    description: Annotated[str, Field(max_length=4000)] = ""


class ProjectUpdate(BaseModel):
    """What is not named stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    description: Annotated[str, Field(max_length=4000)] | None = None


class ProjectRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    org_id: UUID
    slug: str
    name: str
    description: str
    private: bool
    """Of its own members alone, and of the owners and admins of the organization."""
    created_at: datetime


class ProjectAccess(BaseModel):
    model_config = ConfigDict(extra="forbid")

    private: StrictBool


class ProjectMemberUpdate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    role: Literal[Role.ADMIN, Role.MEMBER, Role.VIEWER]
    """May be more or less than the role in the organization."""


class ProjectMemberRead(BaseModel):
    member_id: UUID
    """Of the person or the service account."""
    kind: Literal["user", "service_account"]
    name: str
    email: str | None
    organization_role: str
    given: str | None
    """The role that this project gives; null: that of the organization holds."""
    role: str
    """What holds here."""
