"""Registered models: a name, its versions, and aliases that point at versions."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.orm import Base, Changing, Identified, Json, OptionalJson, SoftDeleted, Tenant, Timestamp


class RegisteredModel(Identified, Changing, SoftDeleted, Tenant, Base):
    __tablename__ = "models"
    __table_args__ = (
        Index(
            "uq_models_project_id_name", "project_id", "name", unique=True, postgresql_where=text("deleted_at IS NULL")
        ),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="", server_default="")
    tags: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))


class ModelVersion(Identified, Changing, SoftDeleted, Tenant, Base):
    """Its content never changes; what people say of it may."""

    __tablename__ = "model_versions"
    __table_args__ = (
        UniqueConstraint("model_id", "version"),
        Index(
            "uq_model_versions_model_id_run_id_digest",
            "model_id",
            "run_id",
            "digest",
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("ix_model_versions_deleted_at", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
        Index("ix_model_versions_run_id", "run_id"),
        Index("ix_model_versions_artifact_id", "artifact_id"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    model_id: Mapped[UUID] = mapped_column(ForeignKey("models.id"))
    version: Mapped[int]
    artifact_id: Mapped[UUID] = mapped_column(ForeignKey("artifacts.id"))
    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id"))
    digest: Mapped[str]
    framework: Mapped[str]
    """One of `app.registry.versions.FRAMEWORKS`."""
    size: Mapped[int] = mapped_column(BigInteger)
    metrics: Mapped[Json]
    signature: Mapped[OptionalJson]
    """A `trine.specs.registry.Signature`."""
    licence: Mapped[str | None]
    """An SPDX expression."""
    description: Mapped[str] = mapped_column(default="", server_default="")
    tags: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    card: Mapped[str | None]
    """Markdown that somebody wrote; None: it is made from the run."""
    created_by: Mapped[UUID | None]
    """Its author: who registered it, or whose run made it."""

    @property
    def name(self) -> str:
        """What events and refusals call it."""
        return f"version {self.version}"


class ModelAlias(Tenant, Base):
    __tablename__ = "model_aliases"

    model_id: Mapped[UUID] = mapped_column(ForeignKey("models.id"), primary_key=True)
    alias: Mapped[str] = mapped_column(primary_key=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("model_versions.id"), index=True)
    updated_at: Mapped[Timestamp]


class ModelGate(Identified, Changing, Tenant, Base):
    """What a version must be before an alias points at it: of one model, or of every model of the project."""

    __tablename__ = "model_gates"
    __table_args__ = (
        Index(
            "uq_model_gates_alias", "project_id", "model_id", "alias", unique=True, postgresql_nulls_not_distinct=True
        ),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    model_id: Mapped[UUID | None] = mapped_column(ForeignKey("models.id"), index=True)
    alias: Mapped[str]
    rules: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """Each a `trine.specs.registry.Rule`."""


class ModelApproval(Identified, Tenant, Base):
    """Somebody who may found a version good enough for an alias."""

    __tablename__ = "model_approvals"
    __table_args__ = (UniqueConstraint("version_id", "alias", "user_id"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("model_versions.id"))
    alias: Mapped[str]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    comment: Mapped[str] = mapped_column(default="", server_default="")
