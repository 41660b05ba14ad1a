"""Many runs of a project, as a table has them."""

from typing import Any

from app.experiments.ingest_fold import fold_waiting
from app.kit.db import Database
from tests.fixtures.auth import Person


async def make_runs(ada: Person, count: int, database: Database) -> list[str]:
    """Runs named run-000 on, oldest first, each with a parameter `lr` and one point of `loss` and of `train/top 5`.

    What they logged is folded, as the controller does it, so that one can filter by it.
    """
    experiment = await ada.post("/projects/default/experiments", {"name": "many"})
    made: list[str] = []
    for number in range(count):
        body = {"name": f"run-{number:03d}", "params": {"lr": number / 1000, "layers": 4}, "tags": {"team": "nlp"}}
        run = await ada.post(f"/experiments/{experiment['id']}/runs", body)
        point: dict[str, Any] = {"steps": [0], "values": [float(count - number)], "times": [1.7e9]}
        batch = {"source": "t", "sequence": 0, "metrics": {"loss": point, "train/top 5": point}}
        await ada.post(f"/runs/{run['id']}/batches", batch)
        made.append(run["id"])
    await fold_waiting(database)
    return made
