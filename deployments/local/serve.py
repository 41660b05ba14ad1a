"""The platform's Serve applications: serve_config.yaml, put to the running cluster as `serve deploy` puts it."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pydantic
import yaml

from deployments.local.environment import ROOT
from deployments.local.errors import LocalError
from deployments.local.home import Home
from deployments.local.ports import LOOPBACK
from deployments.local.ray import authorization, logs
from deployments.local.state import Ports

CONFIG = ROOT / "serve_config.yaml"
PATIENCE = 180.0
INTERVAL = 0.3
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
FRAME = re.compile(r'\s+File ".+", line \d+, in ')


class Deployment(pydantic.BaseModel, frozen=True):
    status: str
    message: str = ""
    replicas: list[dict[str, Any]] = []


class Application(pydantic.BaseModel, frozen=True):
    status: str
    message: str = ""
    deployments: dict[str, Deployment] = {}

    @property
    def since(self) -> float | None:
        """When its youngest replica was started, in seconds since 1970."""
        starts = [replica.get("start_time_s") for part in self.deployments.values() for replica in part.replicas]
        return max((start for start in starts if start), default=None)

    @property
    def reason(self) -> str:
        parts = [f"{name}: {part.message}" for name, part in self.deployments.items() if part.message]
        return COLOUR.sub("", "\n".join(filter(None, [self.message, *parts]))).strip()

    @property
    def summary(self) -> str:
        """What was raised: the lines after the last frame of the last traceback."""
        lines = self.reason.splitlines()
        last_frame = max((number for number, line in enumerate(lines) if FRAME.match(line)), default=-1)
        raised = [line for line in lines[last_frame + 1 :] if line.strip() and not line.startswith("    ")]
        return "\n".join(raised[:6]) or self.status.lower()


def configuration(ports: Ports, path: Path = CONFIG) -> dict[str, Any]:
    """serve_config.yaml, listening on 127.0.0.1 and the chosen port."""
    config: dict[str, Any] = yaml.safe_load(path.read_text())
    config["http_options"] = {**config.get("http_options", {}), "host": LOOPBACK, "port": ports.web}
    return config


def deploy(home: Home, ports: Ports, config: dict[str, Any], tell: Callable[[str], None]) -> list[str]:
    """Puts the configuration and waits until every application of it runs; returns their names.

    Raises:
        LocalError: the configuration was refused, an application failed (with Serve's message), or time ran out.
    """
    names = [application["name"] for application in config["applications"]]
    with client(home, ports) as dashboard:
        reply = dashboard.put("/api/serve/applications/", json=config)
        if reply.is_error:
            raise LocalError("serve.refused", reason=reply.text.strip()[-2000:])
        deadline = time.monotonic() + PATIENCE
        while True:
            found = read(dashboard)
            states = ", ".join(f"{name} {found[name].status.lower() if name in found else 'waiting'}" for name in names)
            tell(states)
            failed = next((name for name in names if name in found and found[name].status == "DEPLOY_FAILED"), None)
            if failed is not None:
                raise failure(home, failed, found[failed])
            if all(name in found and found[name].status == "RUNNING" for name in names):
                return names
            if time.monotonic() > deadline:
                raise LocalError("serve.slow", seconds=int(PATIENCE), states=states, logs=logs(home) / "serve")
            time.sleep(INTERVAL)


def failure(home: Home, name: str, application: Application) -> LocalError:
    """The error itself in the sentence; Serve's message, tracebacks of two processes, in a file."""
    path = home.logs / f"serve-{name}.log"
    path.write_text(application.reason + "\n")
    return LocalError("serve.failed", name=name, summary=application.summary, path=path, logs=logs(home) / "serve")


def applications(home: Home, ports: Ports) -> dict[str, Application]:
    """Every Serve application of the cluster by name.

    Raises:
        httpx.HTTPError: the dashboard does not answer.
    """
    with client(home, ports) as dashboard:
        return read(dashboard)


def client(home: Home, ports: Ports) -> httpx.Client:
    url = f"http://{LOOPBACK}:{ports.dashboard}"
    # the first request starts Serve's controller, which takes seconds on a small machine
    return httpx.Client(base_url=url, headers=authorization(home), timeout=120, trust_env=False)


def read(dashboard: httpx.Client) -> dict[str, Application]:
    reply = dashboard.get("/api/serve/applications/")
    reply.raise_for_status()
    return {name: Application.model_validate(value) for name, value in reply.json().get("applications", {}).items()}
