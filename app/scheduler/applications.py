"""Deployments in Ray: each a Serve application of its own, made once, watched, deleted. Holds no session."""

from collections.abc import Sequence

from app.cluster.base import ApplicationPhase, ApplicationState, Cluster
from app.config import Settings
from app.scheduler.leases import Leased
from app.scheduler.observation import Observation, Seen
from app.scheduler.status import Phase, Status
from app.storage.store import ArtifactStore
from app.tables import ArtifactFile
from trine.specs.inference import DeploymentSpec, EngineSpec, StoredFile

SETTLED_SECONDS = 3.0
"""Between two looks at a deployment that is ready."""


async def step(cluster: Cluster, leased: Leased, engine: EngineSpec | None) -> Observation:
    """`engine` is given for a deployment that is to be launched."""
    if leased.status is Status.ADMITTED and engine is not None:
        await cluster.deploy(engine)
        return Observation(Seen.LAUNCHED, "its replicas load the model", phase=Phase.LOADING)
    state = (await cluster.applications()).get(leased.name)
    if leased.status is Status.STOPPING:
        return await _stop(cluster, leased, state)
    return await _watch(cluster, leased, state)


def engine_spec(settings: Settings, leased: Leased, files: Sequence[ArtifactFile]) -> EngineSpec:
    deployment = DeploymentSpec.model_validate(leased.spec["spec"])
    if deployment.engine is None:
        raise ValueError(f"the deployment {leased.name} names no engine")
    return EngineSpec(
        application=leased.name,
        engine=deployment.engine,
        model=leased.spec["model"],
        store=settings.store,
        files=tuple(
            StoredFile(
                path=file.path, key=ArtifactStore.key(file.org_id, file.sha256), sha256=file.sha256, size=file.size
            )
            for file in files
        ),
        # Deployments that were made before ONNX was served name neither.
        framework=leased.spec.get("framework", "torch"),
        signature=leased.spec.get("signature"),
        digest=leased.spec["digest"],
        cache=settings.cache,
        deployment=deployment,
    )


async def _watch(cluster: Cluster, leased: Leased, state: ApplicationState | None) -> Observation:
    if state is None or state.phase is ApplicationPhase.DELETING:
        return Observation(Seen.LOST, "the cluster no longer knows the deployment")
    if state.phase is ApplicationPhase.FAILED:
        # Serve would keep its broken replicas; the reason is in our rows, so nothing is lost with them.
        await cluster.delete_application(leased.name)
        return Observation(Seen.FAILED, state.message or "its replicas did not start")
    if state.phase is ApplicationPhase.READY:
        return Observation(Seen.RUNNING, "its replicas answer", phase=Phase.READY, look_again=SETTLED_SECONDS)
    if leased.status is Status.RUNNING:
        message = state.message or "some of its replicas are not healthy"
        return Observation(Seen.RUNNING, message, phase=Phase.DEGRADED)
    return Observation(Seen.WAITING, phase=Phase.LOADING)


async def _stop(cluster: Cluster, leased: Leased, state: ApplicationState | None) -> Observation:
    if state is None:
        return Observation(Seen.STOPPED)
    if state.phase is not ApplicationPhase.DELETING:
        await cluster.delete_application(leased.name)
    return Observation(Seen.WAITING)
