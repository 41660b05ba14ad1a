"""What the last `up` started, so that `status` and `down` find it, even half dead or after a reboot."""

import time
from pathlib import Path

import pydantic

from deployments.local.home import Home, write_private
from deployments.local.process import Mark


class Ports(pydantic.BaseModel, frozen=True):
    web: int
    gcs: int
    dashboard: int
    client: int
    agent: int
    stats: int
    metrics: int
    fallback: int


class Process(pydantic.BaseModel, frozen=True):
    name: str
    pid: int
    ticks: int
    boot: str

    @classmethod
    def of(cls, name: str, mark: Mark) -> "Process":
        return cls(name=name, pid=mark.pid, ticks=mark.ticks, boot=mark.boot)

    @property
    def mark(self) -> Mark:
        return Mark(self.pid, self.ticks, self.boot)


class State(pydantic.BaseModel, frozen=True):
    started_at: float = pydantic.Field(default_factory=time.time, description="seconds since 1970, UTC")
    ports: Ports
    virtual_gpus: int = 0
    processes: list[Process] = []

    def save(self, home: Home) -> None:
        write_private(path_of(home), self.model_dump_json(indent=2) + "\n")


def load(home: Home) -> State | None:
    """None when nothing was started, or another version wrote the file (processes are found by other marks too)."""
    path = path_of(home)
    if not path.exists():
        return None
    try:
        return State.model_validate_json(path.read_text())
    except pydantic.ValidationError:
        return None


def clear(home: Home) -> None:
    path_of(home).unlink(missing_ok=True)


def path_of(home: Home) -> Path:
    return home.run / "state.json"
