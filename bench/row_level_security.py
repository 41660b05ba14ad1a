"""What row-level security costs: CPU time of a request with the application's role against one that bypasses it.

`python -m bench.row_level_security [--rounds 11] [--requests 300]`. Two processes of the web application over the same
database send the same queries; CPU time is that of the process and of its PostgreSQL backends, by the kernel's own
clock. Needs no platform: it starts a PostgreSQL of its own.
"""

import argparse
import asyncio
import http.client
import os
import platform
import statistics
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from bench.person import registered
from bench.ratio import ratio
from bench.site import Served, Site, site

ORGANIZATIONS, RUNS = 6, 60
ROLES = {"row-level security": "trine_app", "bypassed": "trine_bench"}


def main() -> None:
    arguments = _arguments()
    with site() as made:
        others = {"TRINE_SECRETS_DIR": str(made.role_that_bypasses(ROLES["bypassed"]))}
        with made.serve() as under, made.serve(**others) as beside:
            key, paths = asyncio.run(_fill(under.url))
            sides = dict(zip(ROLES, (under, beside), strict=True))
            spent: dict[tuple[str, str], list[float]] = {(path, side): [] for path in paths for side in sides}
            for number in range(arguments.rounds + 1):
                order = list(spent) if number % 2 else list(reversed(spent))
                for path, side in order:
                    cost = cpu_of(made, sides[side], ROLES[side], paths[path], key, arguments.requests)
                    if number:  # the first round warms up
                        spent[path, side].append(cost)
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, {arguments.rounds} rounds")
    for path in paths:
        under_ms, beside_ms = (statistics.median(spent[path, side]) * 1e3 for side in ROLES)
        told = ratio(spent[path, "row-level security"], spent[path, "bypassed"])
        print(f"{path:12} {under_ms:6.3f} ms against {beside_ms:6.3f} ms of CPU a request   ratio {told}")


def cpu_of(made: Site, served: Served, role: str, path: str, key: str, requests: int) -> float:
    """Seconds of CPU for one request."""
    place = urlsplit(served.url)
    connection = http.client.HTTPConnection(str(place.hostname), place.port)
    before = _seconds(made, served, role)
    for _ in range(requests):
        connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"{path} answered {answer.status}: {body[:300]!r}")
    connection.close()
    return (_seconds(made, served, role) - before) / requests


def _seconds(made: Site, served: Served, role: str) -> float:
    with psycopg.connect(made.owner_url) as connection:
        found = connection.execute("SELECT pid FROM pg_stat_activity WHERE usename = %s", [role]).fetchall()
    return sum(_on_cpu(pid) for pid in (served.pid, *(pid for (pid,) in found)))


def _on_cpu(pid: int) -> float:
    """Of all threads of a process, to the nanosecond; `times()` counts in hundredths of a second."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


async def _fill(url: str) -> tuple[str, dict[str, str]]:
    """Several organizations with runs; a key of the last and what it asks for."""
    found = [await _organization(url, f"person-{number}@example.org") for number in range(ORGANIZATIONS)]
    return found[-1]


async def _organization(url: str, email: str) -> tuple[str, dict[str, str]]:
    async with registered(url, email) as person:
        experiment = await person.post(f"/projects/{person.project_id}/experiments", {"name": "bench"})
        body = {"name": "run", "params": {f"p{each}": each for each in range(10)}}
        runs = [await person.post(f"/experiments/{experiment['id']}/runs", body) for _ in range(RUNS)]
        series = {"steps": [0], "values": [0.5], "times": [0.0]}
        metrics = {f"metric-{each}": series for each in range(10)}
        run = f"/runs/{runs[-1]['id']}"
        await person.post(f"{run}/batches", {"source": "s", "sequence": 0, "metrics": metrics})
        paths = {"GET run": f"/api/v1{run}", "list page": f"/api/v1/projects/{person.project_id}/runs"}
        return str((await person.api_key())["key"]), paths


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--requests", type=int, default=300, help="of each kind in a round")
    return parser.parse_args()


if __name__ == "__main__":
    main()
