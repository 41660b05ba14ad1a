"""What a project keeps of its artifacts, and of what its runs report."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.orm import Base, Changing, Tenant


class ArtifactRetention(Changing, Tenant, Base):
    """A project without a row keeps everything."""

    __tablename__ = "artifact_retentions"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    rules: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """`{"type": …, "keep_last": …, "keep_days": …}` each; the first that is of an artifact's type decides."""
    log_days: Mapped[int | None]
    """Entries of logs, from when they came; None for ever."""
    metric_days: Mapped[int | None]
    """Points of a run, from its end; None for ever."""
