"""`--follow`: what a person sees of work that a controller launches and a worker reports on."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

from app.cluster.base import JobPhase
from tests.fixtures.scheduling import Desk
from tests.trine.conftest import Person

ROOT = Path(__file__).parents[2]
SPECS = {
    "job": "recipe: classify\nname: followed\n",
    "study": (
        "name: followed\nbase: {recipe: classify, name: base}\n"
        "space: {learning_rate: {kind: uniform, low: 0.1, high: 0.2}}\n"
    ),
    "sim": "name: followed\nepisodes: 2\n",
}
POINTS = {"steps": [1, 2], "values": [0.5, 0.25], "times": [0.0, 0.0]}


@pytest.mark.parametrize(
    ("kind", "phase", "code", "outcome"),
    [
        ("job", JobPhase.SUCCEEDED, 0, "followed: succeeded"),
        ("job", JobPhase.FAILED, 1, "followed: failed"),
        ("study", JobPhase.SUCCEEDED, 0, "followed: succeeded"),
        ("sim", JobPhase.FAILED, 1, "followed: failed"),
    ],
)
async def test_work_is_followed_to_its_end(
    signed_in: Person, desk: Desk, tmp_path: Path, kind: str, phase: JobPhase, code: int, outcome: str
) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(SPECS[kind])
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "trine", kind, "submit", str(spec), "--follow"), stdout=PIPE, stderr=PIPE, cwd=ROOT
    )
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        told = process.stdout if kind == "job" else process.stderr
        assert "Submitted followed" in await line(process.stderr)
        assert "queued: " in await line(process.stderr)
        await desk.turn()
        task, worker = await desk.start("followed")
        assert "running: its process has begun" in await until(process.stderr, "running")
        batch = {"source": "w", "sequence": 0, "metrics": {"loss": POINTS}, "logs": [{"time": 0, "text": "first\n"}]}
        assert (await worker.post(f"/api/v1/runs/{task.run_id}/batches", json=batch)).status_code == 200
        assert await until(told, "step") == "step 2: loss=0.25\n"
        last = {"source": "w", "sequence": 1, "logs": [{"time": 0, "text": "last\n"}]}
        assert (await worker.post(f"/api/v1/runs/{task.run_id}/batches", json=last)).status_code == 200
        desk.cluster.end(desk.name("followed"), phase, log="it broke")
        await desk.turn()
        assert await until(told, "last") == "last\n"
        assert outcome in await until(process.stderr, "followed: ")
        async with asyncio.timeout(20):
            assert await process.wait() == code
    finally:
        await ended(process)


async def line(stream: asyncio.StreamReader) -> str:
    async with asyncio.timeout(30):
        return (await stream.readline()).decode()


async def until(stream: asyncio.StreamReader, start: str) -> str:
    """The next line that begins so."""
    while not (found := await line(stream)).startswith(start):
        assert found, f"ended before a line that begins with {start!r}"
    return found


async def ended(process: Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.wait()
