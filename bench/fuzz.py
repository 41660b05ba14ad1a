"""schemathesis over the whole API and a real PostgreSQL, all phases: `python -m bench.fuzz [--cases 20000]`.

Each round is a fresh database and a seed of its own, its number. Rounds are remembered in `bench/results/fuzz.jsonl`,
so a run that was cut short goes on where it was; `--seed N` does one round again. In odd rounds the parameters of paths
name things that exist, in even ones schemathesis makes them up or takes them from earlier answers. The exit status is 0
where nothing was found: no error of the server, no undocumented answer, no accepted invalid input.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from app.config import Settings
from app.kit.db import CONTROLLER, Database
from app.kit.notify import Listener
from app.scheduler.controller import Controller
from app.simulation import catalogue
from bench.person import registered
from bench.site import Site, site
from tests.app.test_isolation import one_of_everything
from tests.fixtures.catalogue import FILE
from tests.fixtures.fake_cluster import FakeCluster

RESULTS = Path("bench/results/fuzz.jsonl")
PHASES = "examples,coverage,fuzzing,stateful"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)
EXCLUDED = r"/api/v1/events$|/training-jobs/\{job_id\}/logs$|/metrics:stream$|/v2/models/"
"""Streams that end when the client goes; and what an engine answers, because none runs here."""
REFUSED = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "428", "429"]
"""Statuses of a refusal. A precondition that does not hold is refused before the body is read."""
ROOM_S = 30
"""Of a round, for what is not schemathesis."""


def main() -> int:
    arguments = _arguments()
    RESULTS.parent.mkdir(exist_ok=True)
    ends = time.monotonic() + arguments.seconds
    if arguments.seed is not None:
        return _tell([round_of(arguments.seed, arguments.examples, arguments.seconds)])
    done = _rounds()
    while sum(each["cases"] for each in done) < arguments.cases and (left := ends - time.monotonic()) > 2 * ROOM_S:
        found = round_of(1 + max((each["seed"] for each in done), default=0), arguments.examples, left)
        done.append(found)
        if found["failures"]:
            break
        with RESULTS.open("a") as file:
            file.write(json.dumps(found) + "\n")
    return _tell(done)


def round_of(seed: int, examples: int, seconds: float) -> dict[str, Any]:
    """Cases and failures of one seed."""
    with site() as made, made.serve() as served, tempfile.TemporaryDirectory() as folder:
        things, key = asyncio.run(fill(made, served.url))
        config = Path(folder) / "schemathesis.toml"
        pinned = "\n".join(f'"path.{name}" = "{value}"' for name, value in things.items()) if seed % 2 else ""
        config.write_text(f"[checks.negative_data_rejection]\nexpected-statuses = {REFUSED}\n[parameters]\n{pinned}\n")
        report = Path(folder) / "events.ndjson"
        command = [
            *(str(Path(sys.executable).with_name("st")), "--config-file", str(config), "run"),
            *(f"{served.url}/openapi.json", "--header", f"Authorization: Bearer {key}"),
            *("--checks", ",".join(CHECKS), "--exclude-path-regex", EXCLUDED, "--phases", PHASES),
            *("--max-examples", str(examples), "--seed", str(seed), "--max-time", str(int(seconds - ROOM_S))),
            *("--continue-on-failure", "--no-color", "--request-timeout", "20", "--warnings", "off", "--no-shrink"),
            *("--report", "ndjson", "--report-ndjson-path", str(report), "--generation-database", "none"),
        ]
        done = subprocess.run(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        Path(RESULTS.parent / f"fuzz-{seed}.txt").write_text(done.stdout)
        errors = served.log.read_text(errors="replace")
        if errors:
            Path(RESULTS.parent / f"fuzz-{seed}.log").write_text(errors)
        cases = _cases(report)
    return {"seed": seed, "cases": sum(cases.values()), "statuses": dict(cases), "failures": done.returncode}


def _cases(report: Path) -> Counter[str]:
    """Requests of a report by the status of their answers."""
    found: Counter[str] = Counter()
    with report.open() as lines:
        for line in lines:
            for event, body in json.loads(line).items():
                if event not in {"ScenarioFinished", "FuzzScenarioFinished"}:
                    continue
                for one in body.get("recorder", {}).get("interactions", {}).values():
                    answer = one.get("response")
                    found[str(answer["status_code"]) if answer else "none"] += 1
    return found


async def fill(made: Site, url: str) -> tuple[dict[str, str], str]:
    """An account with one of everything, and a key for it; a cluster's nodes and the environments are known."""
    database = Database((made.home.secrets / "database_controller_url").read_text(), pool_size=2)
    await opened(made, url, database, FakeCluster())
    async with database.session(CONTROLLER) as session:
        await catalogue.load(session, json.loads(FILE.read_text()))
    async with registered(url) as person:
        things = await one_of_everything(person)
        key = (await person.api_key("fuzz"))["key"]
    await database.close()
    return things, str(key)


async def opened(made: Site, url: str, database: Database, cluster: FakeCluster) -> Controller:
    """A controller that has looked at a cluster on which nothing happens by itself."""
    settings = Settings(home=made.home.root, url=url)
    controller = Controller(settings, database, Listener(database.url), lambda address, token: cluster)
    await controller.open()
    await controller.look(cluster)
    return controller


def _rounds() -> list[dict[str, Any]]:
    """Those remembered. Only what found nothing is: the others are done again."""
    return [json.loads(line) for line in RESULTS.read_text().splitlines()] if RESULTS.exists() else []


def _tell(rounds: list[dict[str, Any]]) -> int:
    statuses: Counter[str] = Counter()
    for each in rounds:
        statuses.update(each["statuses"])
    print(f"{statuses.total()} cases in {len(rounds)} rounds; by status {dict(sorted(statuses.items()))}")
    wrong = [each["seed"] for each in rounds if each["failures"]]
    if wrong:
        print(f"something was found: {', '.join(f'{RESULTS.parent}/fuzz-{seed}.txt' for seed in wrong)}")
    return 1 if wrong else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--examples", type=int, default=30, help="of each operation and phase")
    parser.add_argument("--seconds", type=float, default=1800.0, help="of this run; another goes on where it ended")
    parser.add_argument("--seed", type=int, help="only this round")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
