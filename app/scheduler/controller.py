"""The controller: makes the cluster match the rows. Several may overlap; locks and leases keep that correct."""

import asyncio
import time
from collections.abc import Callable
from uuid import UUID

import structlog

from app.cluster.base import Cluster, ClusterUnreachable
from app.config import Settings
from app.deletion import sweep as retention
from app.deletion.telemetry import Kept
from app.experiments import artifacts
from app.experiments.folder import Folder
from app.idempotency import sweep
from app.kit.clock import now
from app.kit.db import AWAY, CONTROLLER, Database
from app.kit.notify import Listener
from app.metrics import ROUND_SECONDS
from app.quotas import watch
from app.scheduler import admission, applications, inventory, jobs, leases, lifecycle, outcome, utilization
from app.scheduler.census import Census
from app.scheduler.leases import Leased
from app.scheduler.observation import Observation, Seen
from app.scheduler.repository import WorkloadRepository
from app.scheduler.status import Status
from app.storage.store import ArtifactStore
from app.webhooks.courier import Courier
from trine import tracing
from trine.specs.enrolment import WorkloadKind
from trine.specs.inference import EngineSpec

log = structlog.get_logger(__name__)

AT_ONCE = 16
"""Workloads that one controller works on at the same time."""
IDLE_SECONDS = 5.0
"""Longest wait between two rounds: for what NOTIFY did not tell."""
INVENTORY_SECONDS = 5.0
UNREACHABLE_SECONDS = 2.0
"""Between two tries while the cluster does not answer."""


class Controller:
    def __init__(
        self, settings: Settings, database: Database, listener: Listener, connect: Callable[[str, str], Cluster]
    ) -> None:
        """`connect(address, token)` opens a cluster of the table `clusters`."""
        self._settings = settings
        self._database = database
        self._listener = listener
        self._connect = connect
        self._working: dict[UUID, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self.census = Census()

    async def run(self) -> None:
        """Until cancelled. A database or cluster that is away is waited for."""
        cluster = await self.open()
        self._listener.on_message(lifecycle.TOPIC, self._wake.set)
        try:
            # One that ends on a fault of ours ends the other, so that the host sees it and begins anew.
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch_nodes(cluster))
                group.create_task(self._rounds(cluster))
                group.create_task(sweep.run(self._database))
                group.create_task(watch.run(self._database))
                group.create_task(utilization.run(self._database))
                group.create_task(Courier(self._settings, self._database).run(self._listener))
                store = ArtifactStore(self._settings.store)
                group.create_task(Folder(self._database).run(self._listener))
                reported = Kept(self._settings.log_days, self._settings.metric_days)
                group.create_task(retention.run(self._database, store, self._settings.retention, reported))
        finally:
            for task in self._working.values():
                task.cancel()
            await self.settle()
            await cluster.close()

    async def open(self) -> Cluster:
        """The cluster that the database names; its rows are written where they are missing."""
        while True:
            try:
                async with self._database.session(CONTROLLER) as session:
                    address, secret = await inventory.ensure_cluster(session, self._settings)
                return self._connect(address, self._settings.secret(secret))
            except AWAY as error:
                log.warning("controller.database_away", error=type(error).__name__)
                await asyncio.sleep(1)

    async def round(self, cluster: Cluster) -> float:
        """Admits, leases, starts to work on what is leased; returns the seconds until something is due."""
        try:
            async with self._database.session(CONTROLLER) as session:
                await admission.admit(session)
            free = AT_ONCE - len(self._working)
            async with self._database.session(CONTROLLER) as session:
                taken = await leases.take(session, settings=self._settings, limit=free) if free > 0 else []
            for leased in taken:
                self._working[leased.id] = asyncio.create_task(self._work(cluster, leased), name=leased.name)
            async with self._database.session(CONTROLLER) as session:
                due = await WorkloadRepository(session).next_due()
        except AWAY as error:
            log.warning("controller.database_away", error=type(error).__name__)
            return 1.0
        return IDLE_SECONDS if due is None else min(IDLE_SECONDS, max(0.1, (due - now()).total_seconds()))

    async def settle(self) -> None:
        """Until what the rounds so far have started is done."""
        await asyncio.gather(*self._working.values(), return_exceptions=True)

    async def look(self, cluster: Cluster) -> None:
        """Writes down which nodes there are."""
        nodes = await cluster.nodes()
        async with self._database.session(CONTROLLER) as session:
            await inventory.record(session, nodes)

    async def count(self) -> None:
        async with self._database.session(CONTROLLER) as session:
            await self.census.count(session)

    async def _rounds(self, cluster: Cluster) -> None:
        while True:
            self._wake.clear()
            started = time.perf_counter()
            seconds = await self.round(cluster)
            ROUND_SECONDS.observe(time.perf_counter() - started)
            try:
                async with asyncio.timeout(seconds):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _watch_nodes(self, cluster: Cluster) -> None:
        while True:
            try:
                await self.count()
                await self.look(cluster)
            except (ClusterUnreachable, *AWAY) as error:
                log.warning("controller.no_inventory", error=str(error))
            await asyncio.sleep(INVENTORY_SECONDS)

    async def _work(self, cluster: Cluster, leased: Leased) -> None:
        doing = {"trine.workload.kind": leased.kind, "trine.workload.name": leased.name}
        try:
            with tracing.span("workload.step", doing):
                await self._step(cluster, leased)
        except AWAY as error:
            # Its lease runs out by itself.
            log.warning("controller.database_away", workload=leased.name, error=type(error).__name__)
        finally:
            del self._working[leased.id]
            self._wake.set()

    async def _step(self, cluster: Cluster, leased: Leased) -> None:
        """Load, work, apply."""
        try:
            await self._apply(leased, await self._observe(cluster, leased))
        except ClusterUnreachable as error:
            log.warning("controller.cluster_away", workload=leased.name, error=str(error))
            await self._apply(leased, Observation(Seen.WAITING, look_again=UNREACHABLE_SECONDS))
        except AWAY:
            raise
        except Exception as error:
            log.exception("controller.step_failed", workload=leased.name, status=leased.status)
            await self._apply(leased, await self._give_up(cluster, leased, error))

    async def _apply(self, leased: Leased, observation: Observation) -> None:
        async with self._database.session(CONTROLLER) as session:
            await outcome.apply(session, leased, observation)

    async def _give_up(self, cluster: Cluster, leased: Leased, error: Exception) -> Observation:
        """A fault of ours ends the attempt, so that it is not repeated for ever; nothing of it stays behind."""
        try:
            if leased.kind is WorkloadKind.DEPLOYMENT:
                await cluster.delete_application(leased.name)
            else:
                await cluster.stop_job(leased.name)
        except ClusterUnreachable:
            return Observation(Seen.WAITING, look_again=UNREACHABLE_SECONDS)
        return Observation(Seen.BROKEN, f"the platform failed ({type(error).__name__}); its log names {leased.name}")

    async def _observe(self, cluster: Cluster, leased: Leased) -> Observation:
        if leased.kind is WorkloadKind.DEPLOYMENT:
            if leased.status is Status.ADMITTED:
                return await self._launch(cluster, leased)
            return await applications.step(cluster, leased, None)
        return await jobs.step(cluster, self._settings, leased)

    async def _launch(self, cluster: Cluster, leased: Leased) -> Observation:
        """Serve would restart every replica of an application that is run a second time."""
        engine = await self._engine(leased)
        async with leases.alone(self._database, leased) as alone:
            return await applications.step(cluster, leased, engine) if alone else Observation(Seen.WAITING)

    async def _engine(self, leased: Leased) -> EngineSpec:
        async with self._database.session(CONTROLLER) as session:
            files = await artifacts.files(session, artifact_id=UUID(leased.spec["artifact"]))
        return applications.engine_spec(self._settings, leased, files)
