"""What runs report in bulk; `docs/notes/ingest.md` tells how it moves from one table to the next."""

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger, func, text
from sqlalchemy.dialects.postgresql import BYTEA, INT8MULTIRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.orm import Base, Tenant, Timestamp


class Reported:
    """Hangs on the source of its batch, which refers to the run and holds it: nothing here refers to it once more."""

    org_id: Mapped[UUID]


class BatchSource(Tenant, Base):
    """A process that reports to a run, and which of its batches were applied: what makes sending one again harmless."""

    __tablename__ = "batch_sources"
    # Every batch changes its row: there is room on its page for the next version, and no index to write.
    __table_args__ = (
        CheckConstraint("multirange_ranges(applied) <= 1001", name="ranges"),
        {"postgresql_with": {"fillfactor": 50}},
    )

    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    applied: Mapped[list[Range[int]]] = mapped_column(INT8MULTIRANGE)
    """Sequences; the database refuses so many gaps among them that the row would be slow to change."""


class MetricBatch(Reported, Base):
    """Points of a batch, durable and not folded yet."""

    __tablename__ = "metric_batches"

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    points: Mapped[bytes] = mapped_column(BYTEA)
    """As `ingest_points` packs them."""


class UnfoldedBatch(Reported, Base):
    """A batch that cannot be folded, set aside for whoever finds out why; nothing reads its points."""

    __tablename__ = "unfolded_batches"

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """That it had among `metric_batches`."""
    points: Mapped[bytes] = mapped_column(BYTEA)
    reason: Mapped[str]
    set_aside_at: Mapped[Timestamp] = mapped_column(server_default=func.now())


class MetricChunk(Reported, Base):
    """Points of one metric and attempt, ordered by step and, of one step, as they were written."""

    __tablename__ = "metrics"
    # So long a row keeps its extremes.
    __table_args__ = (
        Index("ix_metrics_unmerged", "run_id", postgresql_where=text("level = 0")),
        {"postgresql_with": {"toast_tuple_target": 4080}},
    )

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    """Grows in the order in which the chunks of a run were written."""
    level: Mapped[int] = mapped_column(SmallInteger)
    """0 as folded, 1 merged."""
    attempt: Mapped[int]
    points: Mapped[int]
    first_step: Mapped[int] = mapped_column(BigInteger)
    last_step: Mapped[int] = mapped_column(BigInteger)
    steps: Mapped[bytes] = mapped_column(BYTEA)
    times: Mapped[bytes] = mapped_column(BYTEA)
    values: Mapped[bytes] = mapped_column(BYTEA)
    """Columns as `chunk_codec` packs them."""
    extremes: Mapped[bytes | None] = mapped_column(BYTEA)
    """As `extremes` writes them; null where readers must look inside: a chunk that is soon merged or was merged before
    there were any, or steps said twice."""
