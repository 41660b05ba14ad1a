"""A program that reports to a run and is killed in mid-stream, again and again; `python -m tests.trine.killed ROUNDS`
does that against the platform of the environment."""

import os
import random
import select
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from trine.client import Client
from trine.sync import sync

PROGRAM = """
import os, sys, trine
run = trine.init(name="victim", resume=sys.argv[1] or None, capture=False, system_metrics=False)
step = int(sys.argv[2])
def say(line):
    os.write(1, f"{line}\\n".encode())  # whole, or not at all
say(f"run {run.id}")
while True:
    for _ in range(20):
        run.log({"loss": float(step), "copy": float(step)}, step=step)
        step += 1
    if run.flush(timeout=30):
        say(f"acknowledged {step}")
"""


class Killed:
    """Steps count on from life to life, so that a point that is lost or there twice can be told."""

    def __init__(self, url: str, key: str, home: Path) -> None:
        self._environment = os.environ | {"TRINE_URL": url, "TRINE_API_KEY": key, "TRINE_HOME": str(home)}
        self._url, self._key = url, key
        self.run = ""
        self.acknowledged: set[int] = set()
        self._next = 0

    def life(self, draw: random.Random) -> None:
        """One process: it is killed in the middle of what it says after a number of acknowledgements."""
        command = [sys.executable, "-c", PROGRAM, self.run, str(self._next)]
        begun = self._next
        with subprocess.Popen(command, env=self._environment, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            left = draw.randint(1, 6)
            for line in process.stdout:
                word, value = line.split()
                if word == "run":
                    self.run = value
                    continue
                self._next = int(value)
                left -= 1
                if left == 0:
                    break
            # At a moment that is drawn: in the middle of the next lines, or of sending them.
            select.select([], [], [], draw.random() * 0.03)
            os.kill(process.pid, signal.SIGKILL)
            for line in process.stdout:
                self._next = int(line.split()[1])
        assert process.returncode == -signal.SIGKILL
        self.acknowledged |= set(range(begun, self._next))
        # Beyond all that it can have logged and nobody heard of: a step means one point.
        self._next += 1_000_000

    def check(self, client: Client) -> int:
        """Points of each metric that are there; every acknowledged one is, and none is twice."""
        for _ in sync(client.transport, run=self.run):
            pass
        for metric in client.runs.get(self.run).metrics:
            (series,) = client.runs.metrics(self.run, [metric.name], points=100_000)
            assert series.total == len(series.steps), "more points than can be read in one piece"
            assert len(series.steps) == len(set(series.steps))
            assert metric.points == len(series.steps), "a point is there twice"
            assert self.acknowledged <= set(series.steps), "an acknowledged point is lost"
            assert all(value == step for step, value in zip(series.steps, series.values, strict=True))
        return len(series.steps)


def main() -> None:
    rounds = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as home, Client() as client:
        os.environ["TRINE_HOME"] = home
        killed = Killed(os.environ["TRINE_URL"], os.environ["TRINE_API_KEY"], Path(home))
        for number in range(rounds):
            killed.life(random.Random(number))
        print(f"{rounds} lives, {len(killed.acknowledged)} acknowledged steps, {killed.check(client)} there")  # noqa: T201


if __name__ == "__main__":
    main()
