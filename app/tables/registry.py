"""Registered models: a name, its versions, and aliases that point at versions."""

from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.orm import Base, Changing, Identified, Json, SoftDeleted, Tenant, Timestamp


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


class ModelVersion(Identified, SoftDeleted, Tenant, Base):
    __tablename__ = "model_versions"
    __table_args__ = (UniqueConstraint("model_id", "version"), UniqueConstraint("model_id", "run_id", "digest"))

    model_id: Mapped[UUID] = mapped_column(ForeignKey("models.id"))
    version: Mapped[int]
    artifact_id: Mapped[UUID] = mapped_column(ForeignKey("artifacts.id"))
    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id"))
    digest: Mapped[str]
    framework: Mapped[str]
    """transformers or torch."""
    size: Mapped[int] = mapped_column(BigInteger)
    metrics: Mapped[Json]


class ModelAlias(Tenant, Base):
    __tablename__ = "model_aliases"

    model_id: Mapped[UUID] = mapped_column(ForeignKey("models.id"), primary_key=True)
    alias: Mapped[str] = mapped_column(primary_key=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("model_versions.id"))
    updated_at: Mapped[Timestamp]
