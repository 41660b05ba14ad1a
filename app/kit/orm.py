"""Declarative base of every table, and the columns that tables share."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, MetaData, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from uuid_utils.compat import uuid7

Timestamp = Annotated[datetime, mapped_column(DateTime(timezone=True))]
OptionalTimestamp = Annotated[datetime | None, mapped_column(DateTime(timezone=True))]
Json = Annotated[dict[str, Any], mapped_column(JSONB)]
OptionalJson = Annotated[dict[str, Any] | None, mapped_column(JSONB)]


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Identified:
    """UUIDv7 key: sorts by time of creation, so it is the keyset of every list."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    created_at: Mapped[Timestamp] = mapped_column(server_default=func.now())


class Changing:
    updated_at: Mapped[Timestamp] = mapped_column(server_default=func.now(), onupdate=func.now())


class SoftDeleted:
    deleted_at: Mapped[OptionalTimestamp]


class Tenant:
    """Row of one organization; every table that has this column is under forced row-level security."""

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
