"""`trine demo`: brings the platform up, then trains, tunes, registers, serves and simulates, as a user would."""

import dataclasses
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from deployments.demo import chains, summary
from deployments.demo.chains import DemoError, Results
from deployments.local.home import Home, write_private
from deployments.local.progress import Progress
from trine import Client
from trine.errors import TrineError


def main() -> int:
    code = subprocess.call([sys.executable, "-m", "deployments.local", "up", *sys.argv[1:]])
    if code:
        return code
    home = Home.current()
    credentials = json.loads(home.credentials.read_text())
    results = Results()
    with (
        Progress() as progress,
        Client(credentials["url"], credentials["api_key"], project=credentials["project"]) as client,
    ):
        failures = run(client, credentials["api_key"], progress, results)
        seconds = progress.seconds
    for failure in failures:
        sys.stderr.write(f"{failure}\n")
    if failures:
        return 1
    file = home.root / "demo.json"
    addresses = looking(credentials["url"], results)
    write_private(
        file, json.dumps({**dataclasses.asdict(results), "addresses": addresses, "seconds": seconds}, indent=1)
    )
    summary.show(results, addresses, seconds, str(file))
    return 0


def run(client: Client, key: str, progress: Progress, results: Results) -> list[Exception]:
    """The chains side by side; the platform's queue decides what runs when. What went wrong in each."""
    first = chains.submit(client)
    with ThreadPoolExecutor() as pool:
        futures = [
            pool.submit(chains.language_model, client, first.language_model, key, progress, results),
            pool.submit(chains.policy, client, first.policy, progress, results),
            pool.submit(chains.study, client, first.study, progress, results),
        ]
        errors = [future.exception() for future in futures]
    for error in errors:
        if error is not None and not isinstance(error, DemoError | TrineError):
            raise error
    return [error for error in errors if isinstance(error, Exception)]


def looking(url: str, results: Results) -> dict[str, str]:
    # The sign-in for the page is in credentials.json, which its owner alone can read.
    status: dict[str, Any] = json.loads(
        subprocess.check_output([sys.executable, "-m", "deployments.local", "status", "--json"])
    )
    report = next(path for path in results.simulation["files"] if path.endswith(".html"))
    return {
        "web page": f"{url}/",
        "API docs": f"{url}/docs",
        "report": f"{url}/api/v1/artifacts/{results.simulation['artifact']}/files/{report}",
        "Ray dashboard": status["addresses"]["dashboard"],
    }


if __name__ == "__main__":
    sys.exit(main())
