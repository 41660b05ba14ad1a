"""The Ray head of the local platform, bound to 127.0.0.1 and guarded by a token."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import psutil

from deployments.local.environment import MARK, cluster_environment
from deployments.local.errors import LocalError
from deployments.local.haproxy import write_wrapper
from deployments.local.home import Home, private_folder
from deployments.local.ports import LOOPBACK
from deployments.local.postgres import tail
from deployments.local.process import Mark, descendants, environment_of, own_line, stop, writes_below
from deployments.local.state import Ports, Process, State

MIB = 1024**2
# below Serve's replicas (30000); Ray's own choice, 10002 to 19999, would refuse a port of ours in between
WORKER_PORTS = range(20000, 30000)
SHARED_MEMORY = "/dev/shm"  # noqa: S108
SESSIONS_KEPT = 2
# how long a process may take to end by itself; engines and jobs save nothing on the way out
GRACE = 4.0
# `ray start` gives its daemons 30 seconds, which a machine under load can miss; nothing sets it (ray/_private/node.py)
ATTEMPTS = 2
DAEMONS = {"gcs_server", "raylet"}


def start(home: Home, ports: Ports, *, virtual_gpus: int) -> list[Process]:
    """Runs `ray start --head` and returns the daemons that must live as long as the cluster.

    Raises:
        LocalError: it did not come up; it quotes the end of its output.
    """
    forget_sessions(home)
    log = home.logs / "ray-start.log"
    if not any(launch(home, ports, virtual_gpus, log) for _ in range(ATTEMPTS)):
        raise LocalError("ray.failed", log=log, tail=tail(log, 20))
    daemons = [
        Process.of(process.name(), mark)
        for process in processes(home)
        if process.name() in DAEMONS and (mark := Mark.of(process.pid)) is not None
    ]
    if {process.name for process in daemons} != DAEMONS:
        raise LocalError("ray.lost", logs=logs(home))
    return daemons


def launch(home: Home, ports: Ports, virtual_gpus: int, log: Path) -> bool:
    """One `ray start`; what a failed one leaves is ended."""
    private_folder(home.haproxy)
    write_wrapper(home)
    with log.open("wb") as output:
        done = subprocess.run(
            command(home, ports, virtual_gpus),
            env=cluster_environment(home, ports),
            cwd=home.ray,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            check=False,
        )
    if done.returncode != 0:
        stop_all(home)
    return done.returncode == 0


def logical_cpus() -> int:
    """Generous: replicas, drivers and workers of a laptop wait for each other more than they compute."""
    return max(8, 4 * (os.cpu_count() or 1))


def command(home: Home, ports: Ports, virtual_gpus: int) -> list[str]:
    arguments = {
        "port": ports.gcs,
        "node-ip-address": LOOPBACK,
        "num-cpus": logical_cpus(),
        "dashboard-host": LOOPBACK,
        "dashboard-port": ports.dashboard,
        "dashboard-agent-listen-port": ports.agent,
        "ray-client-server-port": ports.client,
        "min-worker-port": WORKER_PORTS.start,
        "max-worker-port": WORKER_PORTS.stop - 1,
        "temp-dir": home.ray,
        "object-store-memory": object_store_bytes(),
        "resources": json.dumps({"vgpu": virtual_gpus} if virtual_gpus else {}),
    }
    program = [str(Path(sys.executable).parent / "ray"), "start", "--head", "--disable-usage-stats"]
    return program + [f"--{name}={value}" for name, value in arguments.items()]


def object_store_bytes() -> int:
    """A fifth of the memory, 256 MiB to 4 GiB, and no more than /dev/shm holds (64 MiB in a bare container)."""
    wanted = min(4096 * MIB, max(256 * MIB, psutil.virtual_memory().total // 5))
    shared = shutil.disk_usage(SHARED_MEMORY).free
    return wanted if shared < 128 * MIB else min(wanted, shared * 9 // 10)


def alive(state: State) -> bool:
    return bool(state.processes) and all(process.mark.alive() for process in state.processes)


def answers(home: Home, ports: Ports) -> bool:
    """True when the dashboard says that the GCS answers."""
    try:
        reply = httpx.get(
            f"http://{LOOPBACK}:{ports.dashboard}/api/gcs_healthz",
            headers=authorization(home),
            timeout=5,
            trust_env=False,
        )
    except httpx.HTTPError:
        return False
    return reply.status_code == 200


def authorization(home: Home) -> dict[str, str]:
    return {"Authorization": f"Bearer {home.secret('ray_token')}"}


def logs(home: Home) -> Path:
    return home.ray / "session_latest" / "logs"


def processes(home: Home, recorded: list[Process] | None = None) -> set[psutil.Process]:
    """Every process of this home's cluster, even if its parents are dead: daemons, replicas, jobs, engines, haproxy.

    A process is ours when it was recorded (pid and start time), when it carries our mark in its environment, when it
    writes below our folders (a new process title overwrites the environment), or when it descends from one of these.
    """
    marks = {process.pid for process in recorded or [] if process.mark.alive()}
    folders = [home.ray, home.haproxy]
    spared = own_line()
    found = set()
    for process in psutil.process_iter():
        if process.pid in spared:
            continue
        if (
            process.pid in marks
            or environment_of(process.pid).get(MARK) == str(home.root)
            or writes_below(process.pid, folders)
        ):
            found.add(process)
    return {process for process in descendants(found) if process.pid not in spared and runs(process)}


def runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def stop_all(home: Home, recorded: list[Process] | None = None) -> tuple[int, set[psutil.Process]]:
    """Ends the cluster: the daemons first, since they would restart what they lose. Returns (ended, remaining)."""
    seen: set[psutil.Process] = set()
    remaining: set[psutil.Process] = set()
    for _ in range(4):  # what was being started while the first ones were stopped
        found = processes(home, recorded)
        if not found:
            break
        seen |= found
        remaining = stop(found, grace=GRACE)
    if not remaining:
        shutil.rmtree(home.haproxy, ignore_errors=True)
    return len(seen - remaining), remaining


def forget_sessions(home: Home) -> None:
    """Deletes the logs and sockets of all but the latest sessions. No cluster of this home runs now."""
    sessions = sorted(path for path in home.ray.glob("session_2*") if path.is_dir() and not path.is_symlink())
    for session in sessions[: -SESSIONS_KEPT + 1]:
        shutil.rmtree(session, ignore_errors=True)
