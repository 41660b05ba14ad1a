"""Views of the table of runs that people keep."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.orm import Base, Changing, Identified, Tenant


class RunView(Identified, Changing, Tenant, Base):
    __tablename__ = "run_views"
    __table_args__ = (
        Index("uq_run_views_project_id_name", "project_id", "name", unique=True, postgresql_where=text("shared")),
        Index(
            "uq_run_views_project_id_created_by_name",
            *("project_id", "created_by", "name"),
            unique=True,
            postgresql_where=text("NOT shared"),
        ),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    created_by: Mapped[UUID | None]
    """The person or the service account; what is not shared is theirs alone."""
    name: Mapped[str]
    shared: Mapped[bool]
    filter: Mapped[str]
    sort: Mapped[str]
    columns: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    """None: all."""
    group_by: Mapped[list[str]] = mapped_column(JSONB)
    layout: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """What a page wants to remember beside: widths, what is hidden. The platform does not look into it."""
