"""Training jobs, studies and simulations in Ray: launched as jobs, watched, stopped. Holds no session."""

import re
from datetime import timedelta

from app.cluster.base import Cluster, ClusterRefused, JobPhase, JobState
from app.config import Settings
from app.kit.clock import now
from app.scheduler.leases import Leased
from app.scheduler.observation import Observation, Seen
from app.scheduler.status import Status
from trine.specs.enrolment import WorkloadKind

MODULES = {
    WorkloadKind.TRAINING: "train.main",
    WorkloadKind.STUDY: "tune.main",
    WorkloadKind.SIMULATION: "sim.main",
}
KILLED = re.compile(r"supervisor|exit code (-9|-15|137|143)\b|killed by a signal", re.IGNORECASE)
"""How Ray says that a process was killed, or that its node went away; 128 + n is how a shell says it."""
STOP_SECONDS = 20
"""Between the signal that lets a job write its last checkpoint and the one that does not."""
LOG_CHARACTERS = 4000


async def step(cluster: Cluster, settings: Settings, leased: Leased) -> Observation:
    if leased.status is Status.ADMITTED:
        return await _launch(cluster, settings, leased)
    state = await cluster.job(leased.name)
    if leased.status is Status.STOPPING:
        return await _stop(cluster, leased, state)
    return await _watch(cluster, settings, leased, state)


async def _launch(cluster: Cluster, settings: Settings, leased: Leased) -> Observation:
    environment = {
        "TRINE_URL": settings.url,
        "TRINE_ENROLMENT": leased.code,
        "TRINE_SYSTEM_METRICS": settings.system_metrics,
        "RAY_JOB_STOP_SIGNAL": "SIGINT",
        "RAY_JOB_STOP_WAIT_TIME_S": str(STOP_SECONDS),
    }
    try:
        await cluster.submit_job(leased.name, MODULES[leased.kind], env=environment, driver=leased.bundles[0])
    except ClusterRefused as error:
        return Observation(Seen.FAILED, str(error))
    return Observation(Seen.LAUNCHED)


async def _watch(cluster: Cluster, settings: Settings, leased: Leased, state: JobState | None) -> Observation:
    if state is None:
        return Observation(Seen.LOST, "the cluster no longer knows the job")
    if state.phase is JobPhase.SUCCEEDED:
        return Observation(Seen.SUCCEEDED)
    if state.phase in {JobPhase.FAILED, JobPhase.STOPPED}:
        return await _failed(cluster, leased, state)
    patience = timedelta(minutes=settings.enrolment_minutes)
    if leased.status is Status.STARTING and not leased.enrolled and now() - leased.since > patience:
        await cluster.stop_job(leased.name)
        return Observation(Seen.LOST, f"its process did not report within {settings.enrolment_minutes} minutes")
    return Observation(Seen.WAITING)


async def _failed(cluster: Cluster, leased: Leased, state: JobState) -> Observation:
    """A process that was killed, or a job whose node went away, is not the fault of its code."""
    # Below its first line the message quotes the log, in which a program may say anything.
    said = state.message.partition("\n")[0]
    if state.phase is JobPhase.STOPPED or KILLED.search(said):
        return Observation(Seen.LOST, said or "its process was killed")
    log = await cluster.job_log(leased.name, characters=LOG_CHARACTERS)
    return Observation(Seen.FAILED, log.strip() or state.message)


async def _stop(cluster: Cluster, leased: Leased, state: JobState | None) -> Observation:
    if state is None or state.phase in {JobPhase.STOPPED, JobPhase.FAILED}:
        return Observation(Seen.STOPPED)
    if state.phase is JobPhase.SUCCEEDED:
        return Observation(Seen.SUCCEEDED)
    await cluster.stop_job(leased.name)
    return Observation(Seen.WAITING)
