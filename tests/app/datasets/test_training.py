"""A job that the controller launches on a real cluster trains on a version of a dataset, and on nothing newer."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.cluster.ray_cluster import RayCluster
from app.config import Settings
from app.kit.db import Database
from app.scheduler.controller import Controller
from tests.fixtures.auth import Person
from tests.fixtures.cluster import RayCluster as Cluster
from tests.fixtures.db import Prepared
from tests.fixtures.factories import make_artifact, make_run
from tests.fixtures.scheduling import another_controller
from tests.train.tiny import tiny_fields

pytestmark = [pytest.mark.ray, pytest.mark.timeout(900)]

ENDED = {"succeeded", "failed", "cancelled"}


@pytest.fixture
async def controller(
    settings: Settings, prepared: Prepared, controller_database: Database, ray_cluster: Cluster, served: str
) -> AsyncIterator[tuple[Controller, RayCluster]]:
    """Jobs find the application at `served`, and sample their machine every second."""
    cluster = RayCluster(ray_cluster.dashboard, ray_cluster.token, engines={})
    told = settings.model_copy(update={"url": served, "system_metrics": "1"})
    made = another_controller(told, prepared, controller_database, cluster)
    await made.open()
    await made.look(cluster)
    yield made, cluster
    await made.settle()
    await cluster.close()


async def publish(ada: Person, dataset: str, word: str) -> dict[str, Any]:
    """The next version, whose documents tell of one animal."""
    run = await make_run(ada)
    lines = [f"the {word} has {number} eggs\n" for number in range(2400)]
    files = {f"{start:04d}.txt": "".join(lines[start : start + 40]).encode() for start in range(0, len(lines), 40)}
    artifact = await make_artifact(ada, run["id"], files, name="corpus", kind="dataset")
    version: dict[str, Any] = await ada.post(f"/datasets/{dataset}/versions", {"artifact_id": artifact["id"]})
    return version


async def finished(ada: Person, job: str, controller: Controller, cluster: RayCluster) -> dict[str, Any]:
    while True:
        found: dict[str, Any] = await ada.get(f"/training-jobs/{job}")
        if found["workload"]["status"] in ENDED:
            return found
        await asyncio.sleep(await controller.round(cluster))
        await controller.settle()


async def test_a_job_trains_on_the_version_that_it_names(
    ada: Person, controller: tuple[Controller, RayCluster]
) -> None:
    dataset = await ada.post(f"/projects/{ada.project_id}/datasets", {"name": "words"})
    first = await publish(ada, dataset["id"], "zebra")
    await publish(ada, dataset["id"], "walrus")
    spec = tiny_fields({"source": "dataset", "dataset": "words@1"}) | {
        "resources": {"workers": 1},
        "register_as": {"model": "words"},
    }
    job = await ada.post(f"/projects/{ada.project_id}/training-jobs", spec)
    done = await finished(ada, job["id"], *controller)
    assert done["workload"]["status"] == "succeeded", done["workload"]["reason"]

    (model,) = (await ada.get(f"/projects/{ada.project_id}/models"))["items"]
    version = await ada.get(f"/models/{model['id']}/versions/1")
    reply = await ada.http.get(f"/api/v1/artifacts/{version['artifact_id']}/files/tokenizer.json")
    vocabulary = json.loads(reply.text)["model"]["vocab"]
    assert any("zebra" in token for token in vocabulary), "it learned from the version that it was given"
    assert not any("walrus" in token for token in vocabulary)

    graph = await ada.get(f"/models/{model['id']}/versions/1/lineage")
    nodes = {node["key"]: node for node in graph["nodes"]}
    (read,) = [edge for edge in graph["edges"] if edge["how"] == "read as data"]
    assert nodes[read["source"]]["id"] == first["artifact_id"]
    assert nodes[read["source"]]["detail"]["dataset"] == "words@1"
    assert nodes[read["target"]]["id"] == done["run_id"]
    lineage = await ada.get(f"/artifacts/{first['artifact_id']}/lineage")
    assert [reader["id"] for reader in lineage["used_by"]] == [done["run_id"]]

    names = {metric["name"] for metric in (await ada.get(f"/runs/{done['run_id']}"))["metrics"]}
    assert {"loss", "system/cpu.percent", "system/memory.percent", "system/disk.percent"} <= names
    assert "system/rank-0/process.memory_mib" in names
