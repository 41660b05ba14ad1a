"""What of the platform is healthy, since when, and where it is found."""

import time
from typing import Any

import httpx
import pydantic

from deployments.local import database, ray, serve, state
from deployments.local.home import Home
from deployments.local.ports import LOOPBACK
from deployments.local.postgres import Postgres
from deployments.local.state import Ports, State

GCS = "gcs_server"
# any answer of the application itself; without one, HAProxy says 500 or nothing listens
PROBES = {"web": "/readyz", "gateway": "/v1/models"}


class Part(pydantic.BaseModel, frozen=True):
    name: str
    healthy: bool
    since: float | None = pydantic.Field(default=None, description="when it was started, seconds since 1970")
    detail: str = ""


class Status(pydantic.BaseModel, frozen=True):
    healthy: bool
    started_at: float | None
    virtual_gpus: int
    parts: list[Part]
    addresses: dict[str, str]


def status(home: Home) -> Status:
    """Asks every part. A part is healthy when it answers, not when its process merely exists."""
    found = state.load(home)
    if found is None:
        return Status(healthy=False, started_at=None, virtual_gpus=0, parts=[], addresses={})
    parts = [postgres_part(home), ray_part(home, found), *application_parts(home, found.ports)]
    return Status(
        healthy=all(part.healthy for part in parts),
        started_at=found.started_at,
        virtual_gpus=found.virtual_gpus,
        parts=parts,
        addresses=addresses(home, found.ports),
    )


def postgres_part(home: Home) -> Part:
    healthy = database.answers(home)
    running = Postgres(home).postmaster()
    if running is None:
        return Part(name="postgres", healthy=healthy, detail="TRINE_DATABASE_URL" if healthy else "no server answers")
    detail = f"{LOOPBACK}:{running[1]}, pid {running[0].pid}"
    return Part(name="postgres", healthy=healthy, since=running[0].started_at, detail=detail)


def ray_part(home: Home, found: State) -> Part:
    dead = [process.name for process in found.processes if not process.mark.alive()]
    if dead:
        return Part(name="ray", healthy=False, detail=f"{', '.join(dead)} ended; logs in {ray.logs(home)}")
    since = max((process.mark.started_at for process in found.processes), default=None)
    if not ray.answers(home, found.ports):
        return Part(name="ray", healthy=False, since=since, detail="the dashboard or the GCS does not answer")
    return Part(name="ray", healthy=True, since=since, detail=f"{LOOPBACK}:{found.ports.gcs}")


def application_parts(home: Home, ports: Ports) -> list[Part]:
    names = [application["name"] for application in serve.configuration(ports)["applications"]]
    try:
        found = serve.applications(home, ports)
    except (httpx.HTTPError, ValueError) as error:
        return [Part(name=name, healthy=False, detail=f"Ray Serve does not answer: {error}") for name in names]
    parts = []
    for name in names:
        if name not in found:
            parts.append(Part(name=name, healthy=False, detail="not deployed"))
            continue
        application = found[name]
        healthy = application.status == "RUNNING" and (name not in PROBES or reachable(ports.web, PROBES[name]))
        detail = application.status.lower() if application.status != "RUNNING" or healthy else "does not answer HTTP"
        if application.reason and not healthy:
            detail += f": {application.summary.splitlines()[0][:200]}"
        parts.append(Part(name=name, healthy=healthy, since=application.since, detail=detail))
    return parts


def reachable(port: int, path: str) -> bool:
    try:
        return httpx.get(f"http://{LOOPBACK}:{port}{path}", timeout=10, trust_env=False).status_code < 500
    except httpx.HTTPError:
        return False


def addresses(home: Home, ports: Ports) -> dict[str, str]:
    url = f"http://{LOOPBACK}:{ports.web}"
    return {
        "web": f"{url}/",
        "docs": f"{url}/docs",
        "api": f"{url}/v1",
        "dashboard": f"http://{LOOPBACK}:{ports.dashboard}",
        "token": str(home.secrets / "ray_token"),
        "credentials": str(home.credentials),
    }


def timestamp(seconds: float | None) -> str:
    return "" if seconds is None else time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds))


def as_json(found: Status) -> dict[str, Any]:
    def iso(seconds: float | None) -> str | None:
        return None if seconds is None else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))

    body = found.model_dump()
    body["started_at"] = iso(found.started_at)
    body["parts"] = [{**part.model_dump(), "since": iso(part.since)} for part in found.parts]
    return body
