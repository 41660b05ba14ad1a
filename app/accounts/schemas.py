from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, EmailStr, Field

from app.auth.permissions import KeyScope, Role
from app.orgs.schemas import OrganizationRead
from app.projects.schemas import ProjectRead

Password = Annotated[str, Field(min_length=12, max_length=256)]

SecondFactorCode = Annotated[str, Field(min_length=6, max_length=40)]
"""What the device shows, or a recovery code."""

ValidAlone = Annotated[bool, Query(description="Neither revoked keys nor those that have expired.")]

OWN_PAGE = r"^/([A-Za-z0-9._~$&'()*+,;=:@%?#-][A-Za-z0-9._~!$&'()*+,;=:@%/?#-]*)?$"
"""A path, and no `//host` or `/\\host`, which browsers take for an address of somewhere else."""


class Registration(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: EmailStr
    password: Password
    name: Annotated[str, Field(min_length=1, max_length=200)]
    organization: Annotated[str, Field(min_length=1, max_length=200)]
    """Name of the first organization; its owner is the new user."""


class Login(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: EmailStr
    password: Annotated[str, Field(max_length=256)]
    code: SecondFactorCode | None = None
    """Of the second factor, where the account has one."""


class UserRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    email: str = ""
    """Empty of a service account, which has none."""
    name: str


class UserUpdate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=200)]


class Account(BaseModel):
    """Somebody, and what they belong to."""

    user: UserRead
    organizations: list[OrganizationRead]
    projects: list[ProjectRead]
    default_project_id: UUID | None = None


class Me(Account):
    roles: dict[UUID, Role] = {}
    """Organization → role there."""
    is_platform_admin: bool = False
    withheld_org_ids: list[UUID] = []
    """Organizations that ask for a second factor, which this session has not proven."""


class SecondFactorProof(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: SecondFactorCode


class SecondFactorCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    current_password: Annotated[str, Field(max_length=256)] = ""
    """Needed where the account has one."""


class SecondFactorOffered(BaseModel):
    """Shown this once."""

    secret: str
    """For devices without a camera."""
    uri: str
    image: str
    """A QR code of `uri`: an SVG as `data:` address."""


class SecondFactorRead(BaseModel):
    enabled_at: datetime | None
    recovery_codes: int
    """That were not used yet."""
    proven: bool
    """Whether this session has proven it."""
    required_by: list[UUID]
    """Organizations that ask for it, and are out of reach of this session until it is proven."""


class RecoveryCodes(BaseModel):
    """Shown this once; each is good once, in place of what the device shows."""

    codes: list[str]


class PasswordResetCreated(BaseModel):
    user_id: UUID
    token: str
    """Shown this once; good once."""
    expires_at: datetime


class PasswordResetUse(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: Annotated[str, Field(min_length=1, max_length=200)]
    new_password: Password


class SignedIn(Account):
    token: str
    expires_at: datetime


class SessionRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    user_agent: str
    is_current: bool = False
    """Whether it is the one that asks."""
    created_at: datetime
    renewed_at: datetime
    """When its token came into use."""
    expires_at: datetime
    """Of its token."""
    ends_at: datetime
    """However much it is used."""


class SessionToken(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    token: str
    expires_at: datetime


class PasswordChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    current_password: Annotated[str, Field(max_length=256)]
    new_password: Password


class ApiKeyCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=200)]
    project: Annotated[str, Field(min_length=1, max_length=200)]
    """Slug or id of the key's default project; its organization is the only one that the key works in."""
    scopes: Annotated[list[KeyScope], Field(max_length=len(KeyScope))] = []
    """What the key is for; empty: whatever its owner may do."""
    expires_at: AwareDatetime | None = None


class ApiKeyRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    prefix: str
    project_id: UUID
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    """To the minute."""
    revoked_at: datetime | None


class ApiKeyCreated(ApiKeyRead):
    key: str
    """Shown this once."""


class ServiceAccountCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=200)]
    role: Literal[Role.ADMIN, Role.MEMBER, Role.VIEWER] = Role.MEMBER


class ServiceAccountRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    org_id: UUID
    name: str
    role: str
    created_by: UUID | None
    created_at: datetime


class ProviderRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    name: str
    kind: Literal["oidc", "github"]
    title: str
    """On the button."""


class DepartureCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    next: Annotated[str, Field(max_length=2000, pattern=OWN_PAGE)] = "/"
    """Path of the page to go to in the end: of this platform, never another's."""


class Departure(BaseModel):
    url: str
    """Of the provider, for the browser to go to."""


class IdentityRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    provider: str
    issuer: str
    subject: str
    email: str
    """As the provider said it then."""
    created_at: datetime
    last_used_at: datetime | None
