"""Ends every process of the local platform and keeps its data; half of it may be dead already."""

import psutil

from deployments.local import ray, state
from deployments.local.errors import LocalError
from deployments.local.home import Home
from deployments.local.lock import exclusive
from deployments.local.postgres import Postgres
from deployments.local.progress import Progress
from deployments.local.texts import text


def down(home: Home, progress: Progress) -> None:
    """Raises:
    LocalError: processes remain; it names them.
    """
    home.create()
    with exclusive(home):
        found = state.load(home)
        recorded = found.processes if found else None
        running = ray.processes(home, recorded)
        remaining: set[psutil.Process] = set()
        if running:
            progress.begin("ray", text("down.ray", count=len(running)))
            ended, remaining = ray.stop_all(home, recorded)
            progress.done("ray", text("down.ray.done", count=ended))
        postgres = Postgres(home)
        served = postgres.processes()
        if served:
            progress.begin("postgres", text("down.postgres"))
            remaining |= set(postgres.stop())
            progress.done("postgres", text("down.postgres.done"))
        if remaining:
            names = ", ".join(f"{process.name()} (pid {process.pid})" for process in remaining if ray.runs(process))
            raise LocalError("down.remains", processes=names)
        state.clear(home)
        if running or served:
            progress.line("✓", text("down.done", seconds=progress.seconds, path=home.root))
        else:
            progress.line("✓", text("down.nothing", path=home.root))
