"""The controller: makes the cluster match the rows. Several may overlap; locks and leases keep that correct."""

import asyncio
from collections.abc import Callable
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError

from app.cluster.base import Cluster, ClusterUnreachable
from app.config import Settings
from app.experiments.repository import ArtifactRepository
from app.kit.clock import now
from app.kit.db import CONTROLLER, Database
from app.kit.notify import Listener
from app.scheduler import admission, applications, inventory, jobs, leases, lifecycle, outcome
from app.scheduler.leases import Leased
from app.scheduler.observation import Observation, Seen
from app.scheduler.repository import WorkloadRepository
from app.scheduler.status import Status
from trine.specs.enrolment import WorkloadKind
from trine.specs.inference import EngineSpec

log = structlog.get_logger(__name__)

AT_ONCE = 16
"""Workloads that one controller works on at the same time."""
IDLE_SECONDS = 5.0
"""Longest wait between two rounds: for what NOTIFY did not tell."""
INVENTORY_SECONDS = 5.0


class Controller:
    def __init__(self, settings: Settings, database: Database, listener: Listener, connect: Callable[[str, str], Cluster]) -> None:
        """`connect(address, token)` opens a cluster of the table `clusters`."""
        self._settings = settings
        self._database = database
        self._listener = listener
        self._connect = connect
        self._cluster: Cluster | None = None
        self._working: dict[UUID, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Until cancelled. A database or cluster that is away is waited for."""
        cluster = await self._open()
        watching = asyncio.create_task(self._watch_nodes(cluster))
        try:
            async with self._listener.subscribe(lifecycle.TOPIC) as told:
                while True:
                    await self._wait(told, await self._round(cluster))
        finally:
            for task in (watching, *self._working.values()):
                task.cancel()
            await asyncio.gather(watching, *self._working.values(), return_exceptions=True)
            await cluster.close()

    async def _round(self, cluster: Cluster) -> float:
        """Admits, leases, starts to work on what is leased; returns the seconds until something is due."""
        try:
            async with self._database.session(CONTROLLER) as session:
                await admission.admit(session)
            free = AT_ONCE - len(self._working)
            async with self._database.session(CONTROLLER) as session:
                taken = await leases.take(session, settings=self._settings, limit=free) if free > 0 else []
            for leased in taken:
                task = asyncio.create_task(self._work(cluster, leased), name=leased.name)
                self._working[leased.id] = task
                task.add_done_callback(lambda _, workload_id=leased.id: self._working.pop(workload_id, None))
            async with self._database.session(CONTROLLER) as session:
                due = await WorkloadRepository(session).next_due()
        except (DBAPIError, OSError) as error:
            log.warning("controller.database_away", error=type(error).__name__)
            return 1.0
        return IDLE_SECONDS if due is None else min(IDLE_SECONDS, max(0.1, (due - now()).total_seconds()))

    async def _work(self, cluster: Cluster, leased: Leased) -> None:
        """Load, work, apply. What fails on our side is looked at again; the lease runs out by itself."""
        try:
            observation = await self._observe(cluster, leased)
            async with self._database.session(CONTROLLER) as session:
                await outcome.apply(session, leased, observation)
        except ClusterUnreachable as error:
            log.warning("controller.cluster_away", workload=leased.name, error=str(error))
            await self._put_back(leased)
        except (DBAPIError, OSError) as error:
            log.warning("controller.database_away", workload=leased.name, error=type(error).__name__)
        except Exception as error:
            # A fault of ours ends the attempt, so that it is not repeated for ever; attempts are counted.
            log.exception("controller.step_failed", workload=leased.name, status=leased.status)
            lost = Observation(Seen.LOST, f"the platform failed ({type(error).__name__}); its log names {leased.name}")
            async with self._database.session(CONTROLLER) as session:
                await outcome.apply(session, leased, lost)

    async def _observe(self, cluster: Cluster, leased: Leased) -> Observation:
        if leased.kind is WorkloadKind.DEPLOYMENT:
            engine = await self._engine(leased) if leased.status is Status.ADMITTED else None
            return await applications.step(cluster, leased, engine)
        return await jobs.step(cluster, self._settings, leased)

    async def _engine(self, leased: Leased) -> EngineSpec:
        async with self._database.session(CONTROLLER) as session:
            files = await ArtifactRepository(session).files(UUID(leased.spec["artifact"]))
        return applications.engine_spec(self._settings, leased, files)

    async def _put_back(self, leased: Leased) -> None:
        async with self._database.session(CONTROLLER) as session:
            if workload := await leases.held(session, leased):
                leases.release(workload, look_again=2.0)

    async def _wait(self, told: asyncio.Queue[dict[str, str]], seconds: float) -> None:
        try:
            await asyncio.wait_for(told.get(), seconds)
        except TimeoutError:
            return
        while not told.empty():
            told.get_nowait()

    async def _open(self) -> Cluster:
        while True:
            try:
                async with self._database.session(CONTROLLER) as session:
                    address, secret = await inventory.ensure_cluster(session, self._settings)
                return self._connect(address, self._settings.secret(secret))
            except (DBAPIError, OSError) as error:
                log.warning("controller.database_away", error=type(error).__name__)
                await asyncio.sleep(1)

    async def _watch_nodes(self, cluster: Cluster) -> None:
        while True:
            try:
                nodes = await cluster.nodes()
                async with self._database.session(CONTROLLER) as session:
                    await inventory.record(session, self._settings, nodes)
            except (ClusterUnreachable, DBAPIError, OSError) as error:
                log.warning("controller.no_inventory", error=str(error))
            await asyncio.sleep(INVENTORY_SECONDS)
