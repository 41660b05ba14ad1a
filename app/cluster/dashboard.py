"""Ray's HTTP interface: jobs, nodes and the state of Serve applications. Never blocks, never imports Ray."""

import shlex
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from app.cluster import gpus
from app.cluster.base import (
    ApplicationPhase,
    ApplicationState,
    ClusterRefused,
    ClusterUnreachable,
    JobPhase,
    JobState,
    NodeState,
)
from trine.specs.resources import Bundle

_JOB_PHASES = {
    "PENDING": JobPhase.PENDING,
    "RUNNING": JobPhase.RUNNING,
    "SUCCEEDED": JobPhase.SUCCEEDED,
    "FAILED": JobPhase.FAILED,
    "STOPPED": JobPhase.STOPPED,
}
_APPLICATION_PHASES = {
    "NOT_STARTED": ApplicationPhase.LOADING,
    "DEPLOYING": ApplicationPhase.LOADING,
    "RUNNING": ApplicationPhase.READY,
    "UNHEALTHY": ApplicationPhase.DEGRADED,
    "DEPLOY_FAILED": ApplicationPhase.FAILED,
    "DELETING": ApplicationPhase.DELETING,
}


class Dashboard:
    def __init__(self, address: str, token: str) -> None:
        """`address` of the dashboard, `http://host:8265`; `token` is Ray's, of the platform administrator."""
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.AsyncClient(base_url=address, headers=headers, timeout=httpx.Timeout(20, connect=5))

    async def close(self) -> None:
        await self._http.aclose()

    async def submit_job(self, name: str, module: str, *, env: Mapping[str, str], driver: Bundle) -> None:
        body: dict[str, Any] = {
            "entrypoint": f"{shlex.quote(sys.executable)} -u -m {module}",
            "submission_id": name,
            "runtime_env": {"env_vars": dict(env)},
            "metadata": {"job_submission_id": name},
            "entrypoint_num_cpus": driver.cpu,
        }
        if driver.gpu:
            custom = await self._custom_gpus(driver.gpu)
            body |= {"entrypoint_resources": custom} if custom else {"entrypoint_num_gpus": driver.gpu}
        reply = await self._call("POST", "/api/jobs/", json=body, accept=(200, 400, 500))
        if reply.status_code == 200 or "already exists" in reply.text:
            return
        # The head hands on what its agent answered as a 500 that quotes the status.
        if reply.status_code == 400 or "status code 400" in reply.text:
            raise ClusterRefused(f"Ray refused the job {name}: {_last_line(reply.text)}")
        raise ClusterUnreachable(f"Ray did not take the job {name}: {_last_line(reply.text)}")

    async def job(self, name: str) -> JobState | None:
        reply = await self._call("GET", f"/api/jobs/{name}", accept=(200, 404))
        if reply.status_code == 404:
            return None
        found = reply.json()
        return JobState(_JOB_PHASES[found["status"]], found.get("message") or "")

    async def stop_job(self, name: str) -> None:
        await self._call("POST", f"/api/jobs/{name}/stop", accept=(200, 404))

    async def job_log(self, name: str, *, characters: int) -> str:
        reply = await self._call("GET", f"/api/jobs/{name}/logs", accept=(200, 404, 500))
        return str(reply.json().get("logs", ""))[-characters:] if reply.status_code == 200 else ""

    async def applications(self) -> dict[str, ApplicationState]:
        reply = await self._call("GET", "/api/serve/applications/")
        return {name: _application(found) for name, found in reply.json().get("applications", {}).items()}

    async def nodes(self) -> Sequence[NodeState]:
        reply = await self._call("GET", "/api/v0/nodes", params={"detail": "true", "limit": 10_000})
        found = reply.json()["data"]["result"]["result"]
        alive = [node for node in found if node["state"] == "ALIVE"]
        virtual = gpus.are_virtual([node.get("resources_total") or {} for node in alive])
        return [_node(node, virtual=virtual) for node in alive]

    async def _custom_gpus(self, gpu: float) -> dict[str, float]:
        return gpus.custom(gpu, await self.nodes()) if gpu else {}

    async def _call(
        self, method: str, path: str, *, accept: tuple[int, ...] = (200,), **options: Any
    ) -> httpx.Response:
        try:
            reply = await self._http.request(method, path, **options)
        except (httpx.HTTPError, OSError) as error:
            raise ClusterUnreachable(f"the Ray dashboard does not answer: {type(error).__name__}") from error
        if reply.status_code not in accept:
            raise ClusterUnreachable(f"the Ray dashboard answered {reply.status_code}: {_last_line(reply.text)}")
        return reply


def _application(found: Mapping[str, Any]) -> ApplicationState:
    phase = _APPLICATION_PHASES[found["status"]]
    messages = [found.get("message") or ""]
    messages += [deployment.get("message") or "" for deployment in (found.get("deployments") or {}).values()]
    return ApplicationState(phase, next((error for message in messages if (error := _last_error(message))), ""))


def _last_error(message: str) -> str:
    """The line of a traceback that says what was wrong; Serve's messages carry the whole of it."""
    lines = [line.strip() for line in message.replace("\\n", "\n").splitlines() if line.strip()]
    named = [line for line in lines if "Error:" in line or "Exception:" in line]
    return (named or lines or [""])[-1][:1000]


def _node(found: Mapping[str, Any], *, virtual: bool) -> NodeState:
    has = found.get("resources_total") or {}
    return NodeState(
        node_id=str(found["node_id"]),
        hostname=str(found.get("node_name") or found.get("node_ip") or ""),
        cpu=float(has.get("CPU", 0)),
        gpu=float(has.get(gpus.VIRTUAL_GPU if virtual else gpus.GPU, 0)),
        virtual_gpu=virtual and bool(has.get(gpus.VIRTUAL_GPU)),
        memory=int(has.get("memory", 0)),
        labels=found.get("labels") or {},
    )


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.replace("\\n", "\n").splitlines() if line.strip()]
    return (lines or [""])[-1][:500]
