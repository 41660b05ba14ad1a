"""People, organizations, projects and their credentials."""

from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.orm import Base, Changing, Identified, OptionalTimestamp, SoftDeleted, Tenant, Timestamp


class User(Identified, Changing, SoftDeleted, Base):
    __tablename__ = "users"
    __table_args__ = (Index("uq_users_email", func.lower(text("email")), unique=True),)

    email: Mapped[str]
    name: Mapped[str]
    password_hash: Mapped[str | None]
    password_expires_at: Mapped[OptionalTimestamp]
    """Of one that its person did not choose."""
    is_platform_admin: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Appointed by the owner of the database alone (`app.migrations.administrator`)."""
    disabled_at: Mapped[OptionalTimestamp]


class Organization(Identified, Changing, SoftDeleted, Base):
    __tablename__ = "organizations"

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    requires_second_factor: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Sessions of its members that have proven none do not have the organization."""
    disabled_at: Mapped[OptionalTimestamp]


class Membership(Identified, Changing, Tenant, Base):
    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("org_id", "user_id"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[str]
    """owner, admin, member or viewer."""


class Invitation(Identified, Tenant, Base):
    __tablename__ = "invitations"
    __table_args__ = (Index("ix_invitations_org_id_id", "org_id", "id"),)

    email: Mapped[str]
    """The only account that may accept it."""
    role: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    invited_by: Mapped[UUID | None]
    expires_at: Mapped[Timestamp]
    accepted_at: Mapped[OptionalTimestamp]
    revoked_at: Mapped[OptionalTimestamp]


class ServiceAccount(Identified, Changing, SoftDeleted, Tenant, Base):
    """A principal of one organization that has API keys and nothing else."""

    __tablename__ = "service_accounts"
    __table_args__ = (
        Index(
            "uq_service_accounts_org_id_name",
            "org_id",
            "name",
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )

    name: Mapped[str]
    role: Mapped[str]
    """admin, member or viewer."""
    created_by: Mapped[UUID | None]


class Project(Identified, Changing, SoftDeleted, Tenant, Base):
    __tablename__ = "projects"
    __table_args__ = (
        Index("uq_projects_org_id_slug", "org_id", "slug", unique=True, postgresql_where=text("deleted_at IS NULL")),
    )

    slug: Mapped[str]
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="", server_default="")
    private: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Of its own members alone, and of the owners and admins of the organization."""


class ProjectMembership(Identified, Changing, Tenant, Base):
    """Another role in one project than in its organization."""

    __tablename__ = "project_memberships"
    __table_args__ = (
        CheckConstraint("num_nonnulls(user_id, service_account_id) = 1", name="one_member"),
        UniqueConstraint("project_id", "user_id"),
        UniqueConstraint("project_id", "service_account_id"),
        # Who leaves the organization leaves its projects.
        ForeignKeyConstraint(
            ["org_id", "user_id"],
            ["memberships.org_id", "memberships.user_id"],
            name="fk_project_memberships_membership",
            ondelete="CASCADE",
        ),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    user_id: Mapped[UUID | None]
    service_account_id: Mapped[UUID | None] = mapped_column(ForeignKey("service_accounts.id", ondelete="CASCADE"))
    role: Mapped[str]
    """admin, member or viewer."""


class ApiKey(Identified, Tenant, Base):
    __tablename__ = "api_keys"
    __table_args__ = (CheckConstraint("num_nonnulls(user_id, service_account_id) = 1", name="one_owner"),)

    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    service_account_id: Mapped[UUID | None] = mapped_column(ForeignKey("service_accounts.id"))
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    """Where the key works when a request names no project."""
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)
    """The part of the key that may be shown; the key is found by it."""
    key_hash: Mapped[bytes] = mapped_column(LargeBinary)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list, server_default="{}")
    """Empty: whatever its owner may do."""
    expires_at: Mapped[OptionalTimestamp]
    last_used_at: Mapped[OptionalTimestamp]
    revoked_at: Mapped[OptionalTimestamp]


class SignInSession(Identified, Base):
    __tablename__ = "sessions"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    next_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    """Of the token that was offered; it takes over as it is used."""
    offered_at: Mapped[OptionalTimestamp]
    previous_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    previous_until: Mapped[OptionalTimestamp]
    user_agent: Mapped[str] = mapped_column(default="", server_default="")
    renewed_at: Mapped[Timestamp] = mapped_column(server_default=func.now())
    """When the current token came into use."""
    expires_at: Mapped[Timestamp]
    """Of the current token."""
    ends_at: Mapped[Timestamp]
    """Of the session, however often it is renewed."""
    second_factor_at: Mapped[OptionalTimestamp]
    """When it proved one."""
    revoked_at: Mapped[OptionalTimestamp]
