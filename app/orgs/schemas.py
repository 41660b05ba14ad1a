from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, EmailStr, Field

from app.auth.permissions import Role

OrganizationRole = Literal[Role.OWNER, Role.ADMIN, Role.MEMBER, Role.VIEWER]


class OrganizationRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    slug: str
    name: str
    requires_second_factor: bool
    """Of its members' sessions; keys and jobs have none."""
    created_at: datetime


class MemberRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    user_id: UUID
    email: str
    name: str
    role: str


class MemberUpdate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    role: OrganizationRole


class SecondFactorRule(BaseModel):
    model_config = ConfigDict(extra="forbid")

    required: Annotated[bool, Field(strict=True)]


class InvitationCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: EmailStr
    """The only account that may accept it."""
    role: OrganizationRole = Role.MEMBER
    days: Annotated[int, Field(ge=1, le=30, strict=True)] = 7
    """Until it expires."""


class InvitationRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    org_id: UUID
    email: str
    role: str
    invited_by: UUID | None
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    revoked_at: datetime | None


class InvitationCreated(InvitationRead):
    token: str
    """Shown this once."""


class InvitationAccept(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: Annotated[str, Field(min_length=1, max_length=200)]
