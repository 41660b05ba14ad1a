from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert

from app.experiments.schemas import ENDED as RUNS_ENDED
from app.kit.repository import Repository
from app.scheduler.status import ACTIVE, ENDED, Status
from app.tables import Artifact, Cluster, GpuNode, Run, SchedulingQueue, Workload

ADMISSION_LOCK = 7_460_001
"""Advisory lock of the (one) pool; whoever holds it alone may admit."""


class WorkloadRepository(Repository[Workload]):
    table = Workload

    async def counts(self, project_id: UUID | None) -> Sequence[tuple[str, str, int]]:
        """`(kind, status, number)` of what the session may see."""
        seen = self.statement().subquery()
        statement = select(seen.c.kind, seen.c.status, func.count()).group_by(seen.c.kind, seen.c.status)
        if project_id:
            statement = statement.where(seen.c.project_id == project_id)
        return [(kind, status, number) for kind, status, number in await self.session.execute(statement)]

    async def waiting(self, org_id: UUID) -> int:
        """How many of the organization's are queued, of those that the session may see."""
        seen = self.statement().where(Workload.org_id == org_id, Workload.status == Status.QUEUED).subquery()
        return (await self.session.execute(select(func.count()).select_from(seen))).scalar_one()

    async def census(self) -> Sequence[tuple[str, str, int, datetime]]:
        """`(kind, status, number, since when the oldest)` of what has not ended."""
        statement = (
            select(Workload.kind, Workload.status, func.count(), func.min(Workload.status_since))
            .where(Workload.status.not_in(ENDED))
            .group_by(Workload.kind, Workload.status)
        )
        return [(kind, status, number, since) for kind, status, number, since in await self.session.execute(statement)]

    async def lock_admission(self) -> None:
        await self.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADMISSION_LOCK})

    async def queued(self, when: datetime) -> Sequence[Workload]:
        statement = (
            self.statement()
            .where(Workload.status == Status.QUEUED, or_(Workload.not_before.is_(None), Workload.not_before <= when))
            .order_by(Workload.id)
            .with_for_update()
        )
        return (await self.session.scalars(statement)).all()

    async def active(self) -> Sequence[Workload]:
        return (await self.session.scalars(self.statement().where(Workload.status.in_(ACTIVE)))).all()

    async def due(self, when: datetime, limit: int) -> Sequence[Workload]:
        """Active, due, and under nobody's lease; locked, skipping those that somebody else holds."""
        statement = (
            self.statement()
            .where(
                Workload.status.in_(ACTIVE),
                or_(Workload.due_at.is_(None), Workload.due_at <= when),
                or_(Workload.lease_expires_at.is_(None), Workload.lease_expires_at <= when),
            )
            .order_by(Workload.due_at.nulls_first())
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return (await self.session.scalars(statement)).all()

    async def leased(self, workload_id: UUID, lease_id: UUID) -> Workload | None:
        """The row, locked, where the lease still stands: the fence."""
        statement = (
            self.statement()
            .where(Workload.id == workload_id, Workload.lease_id == lease_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return (await self.session.scalars(statement)).one_or_none()

    async def next_due(self) -> datetime | None:
        """When the next active workload is due, or the next paused retry may be admitted."""
        # What somebody works on is due when its lease runs out. GREATEST leaves nulls out.
        due = func.greatest(Workload.due_at, Workload.lease_expires_at)
        when = case((Workload.status == Status.QUEUED, Workload.not_before), else_=due)
        wanted = or_(Workload.status.in_(ACTIVE), Workload.not_before.is_not(None) & (Workload.status == Status.QUEUED))
        found: datetime | None = (await self.session.execute(select(func.min(when)).where(wanted))).scalar_one()
        return found

    async def run(self, run_id: UUID) -> Run | None:
        return (await self.session.scalars(select(Run).where(Run.id == run_id).with_for_update())).one_or_none()

    async def open_runs(self, workload_id: UUID) -> Sequence[Run]:
        statement = (
            select(Run)
            .where(Run.workload_id == workload_id, Run.status.not_in(RUNS_ENDED))
            .order_by(Run.id)
            .with_for_update()
        )
        return (await self.session.scalars(statement)).all()

    async def newest_model_artifact(self, run_id: UUID) -> Artifact | None:
        statement = (
            select(Artifact)
            .where(Artifact.run_id == run_id, Artifact.type == "model", Artifact.deleted_at.is_(None))
            .order_by(Artifact.id.desc())
            .limit(1)
        )
        return (await self.session.scalars(statement)).one_or_none()


class QueueRepository(Repository[SchedulingQueue]):
    table = SchedulingQueue

    async def default(self) -> SchedulingQueue | None:
        return (await self.session.scalars(self.statement().order_by(SchedulingQueue.id).limit(1))).one_or_none()


class ClusterRepository(Repository[Cluster]):
    table = Cluster


class NodeRepository(Repository[GpuNode]):
    table = GpuNode

    async def alive(self) -> Sequence[GpuNode]:
        return await self.every(GpuNode.alive.is_(True))

    async def upsert(self, rows: list[dict[str, object]]) -> None:
        statement = insert(GpuNode).values(rows)
        changed = {
            name: statement.excluded[name]
            for name in ("hostname", "cpu", "gpu", "virtual_gpu", "memory", "labels", "alive", "seen_at")
        }
        await self.session.execute(
            statement.on_conflict_do_update(index_elements=["cluster_id", "node_id"], set_=changed)
        )

    async def forget_others(self, cluster_id: UUID, node_ids: Sequence[str]) -> None:
        """Nodes that the cluster no longer names are kept, as lost."""
        for node in await self.every(
            GpuNode.cluster_id == cluster_id, GpuNode.node_id.not_in(node_ids), GpuNode.alive.is_(True)
        ):
            node.alive = False
        await self.session.flush()
