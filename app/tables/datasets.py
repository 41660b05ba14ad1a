"""Datasets: a name, and versions that are artifacts with a schema."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.orm import Base, Changing, Identified, SoftDeleted, Tenant


class Dataset(Identified, Changing, SoftDeleted, Tenant, Base):
    __tablename__ = "datasets"
    __table_args__ = (
        Index(
            "uq_datasets_project_id_name",
            "project_id",
            "name",
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="", server_default="")


class DatasetVersion(Identified, Tenant, Base):
    """Never changed: who names a version reads the same bytes for ever."""

    __tablename__ = "dataset_versions"
    __table_args__ = (UniqueConstraint("dataset_id", "version"), UniqueConstraint("dataset_id", "digest"))

    dataset_id: Mapped[UUID] = mapped_column(ForeignKey("datasets.id"))
    version: Mapped[int]
    artifact_id: Mapped[UUID] = mapped_column(ForeignKey("artifacts.id"), index=True)
    digest: Mapped[str]
    """Of the artifact."""
    size: Mapped[int] = mapped_column(BigInteger)
    columns: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """`{"name": …, "type": …}` of each; none where the files are no tables."""
    rows: Mapped[int | None] = mapped_column(BigInteger)
    created_by: Mapped[UUID | None]
