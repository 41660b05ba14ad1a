"""Processes that stand for Python are forks of one that imported, and end as Python would."""

import os
import select
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from train.forkserver import ForkServer

LIMIT_S = 180


@pytest.fixture
def server() -> Iterator[ForkServer]:
    server = ForkServer()
    server.start(early=["json"], late=["wave"])
    yield server
    server.close()


def test_a_fork_has_the_imports_the_arguments_and_the_environment(server: ForkServer, tmp_path: Path) -> None:
    program = _program(
        tmp_path, "import os, sys; print('wave' in sys.modules, sys.argv[1:], os.environ['PLACE'], os.getcwd())"
    )

    ended = _run(server, program, "--one", "two words", env={"PLACE": "here"}, cwd=tmp_path)

    assert ended.stdout.strip() == f"True ['--one', 'two words'] here {tmp_path}"
    assert ended.returncode == 0


def test_exit_status_and_errors_come_back(server: ForkServer, tmp_path: Path) -> None:
    program = _program(tmp_path, "import sys; print('lost', file=sys.stderr); sys.exit(7)")

    ended = _run(server, program)

    assert (ended.returncode, ended.stderr.strip()) == (7, "lost")


def test_a_fork_that_is_killed_is_a_failure_and_the_server_goes_on(server: ForkServer, tmp_path: Path) -> None:
    killed = _program(tmp_path, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert _run(server, killed).returncode != 0

    assert _run(server, _program(tmp_path, "print('still here')")).stdout.strip() == "still here"


def test_a_fork_is_a_process_group_of_its_own(server: ForkServer, tmp_path: Path) -> None:
    """Ray ends a worker with its group; the server and the other workers must not be in it."""
    program = _program(tmp_path, "import os; print(os.getpgrp() == os.getpid())")

    assert _run(server, program).stdout.strip() == "True"


def test_what_ray_tells_a_worker_is_there_before_the_late_modules_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "told.py").write_text("import os; JOB = os.environ.get('RAY_JOB_ID')")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    server = ForkServer()
    server.start(early=["json"], late=["told"])
    try:
        ended = _run(server, _program(tmp_path, "import told; print(told.JOB)"), env={"RAY_JOB_ID": "07000000"})
    finally:
        server.close()

    assert ended.stdout.strip() == "07000000"


def test_no_two_forks_draw_the_same_identifiers(tmp_path: Path) -> None:
    """With what the workers of a job import: two of them with tasks of one name take each other's results."""
    server = ForkServer()
    server.start(early=["json"], late=["train.trainer"])
    program = _program(
        tmp_path,
        "import threading\n"
        "import ray\n"
        "draw = lambda: print(ray.ObjectRef.from_random().hex())\n"
        "draw()\n"
        "thread = threading.Thread(target=draw)\n"
        "thread.start()\n"
        "thread.join()\n",
    )
    try:
        drawn = [line for _ in range(2) for line in _run(server, program).stdout.split()]
    finally:
        server.close()

    assert len(set(drawn)) == 4


def test_a_client_that_goes_away_is_forgotten(server: ForkServer, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.connect(shlex.split(server.command)[-1])

    assert _run(server, _program(tmp_path, "print('still here')")).stdout.strip() == "still here"


def test_without_a_server_it_is_python(tmp_path: Path) -> None:
    gone = ForkServer()
    gone.start(early=["json"], late=["wave"])
    gone.close()

    ended = _run(gone, _program(tmp_path, "import sys; print('wave' in sys.modules)"))

    assert ended.stdout.strip() == "False"


def test_the_server_ends_with_its_driver_and_leaves_nothing(tmp_path: Path) -> None:
    driver = _program(
        tmp_path,
        "import os, shlex, signal, sys\n"
        "from train.forkserver import ForkServer\n"
        "server = ForkServer()\n"
        "server.start(early=['json'], late=['wave'])\n"
        "print(shlex.split(server.command)[-1], server.process.pid, flush=True)\n"
        "sys.stdin.readline()\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n",
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, str(driver)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        path, pid = running.stdout.readline().split()
        server = os.pidfd_open(int(pid))
        running.stdin.write("\n")
        running.stdin.flush()
        ended, _, _ = select.select([server], [], [], LIMIT_S)
        os.close(server)

    assert ended
    assert not Path(path).parent.exists()


def _program(folder: Path, text: str) -> Path:
    file = folder / "program.py"
    file.write_text(text)
    return file


def _run(
    server: ForkServer, program: Path, *arguments: str, env: dict[str, str] | None = None, cwd: Path | None = None
) -> "subprocess.CompletedProcess[str]":
    command = [*shlex.split(server.command), str(program), *arguments]
    environment = {**os.environ, **(env or {})}
    return subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, env=environment, cwd=cwd)
