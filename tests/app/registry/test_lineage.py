import json
from typing import Any

from app.cluster.base import JobPhase
from tests.app.registry.test_routes import new_model
from tests.app.scheduler.test_controller import submit, upload_model
from tests.fixtures.auth import Person
from tests.fixtures.factories import make_artifact, make_run, make_version
from tests.fixtures.scheduling import TINY, Desk


def named(graph: dict[str, Any]) -> dict[str, str]:
    """Key of a node → its kind and name."""
    return {node["key"]: f"{node['kind']} {node['name']}" for node in graph["nodes"]}


def steps(graph: dict[str, Any]) -> set[tuple[str, str, str]]:
    names = named(graph)
    return {(names[edge["source"]], edge["how"], names[edge["target"]]) for edge in graph["edges"]}


async def train(ada: Person, desk: Desk, spec: dict[str, Any]) -> str:
    """A job from its submission to its registered version; the workload."""
    workload = await submit(ada, spec)
    await desk.turn()
    task, worker = await desk.start(spec["name"])
    async with worker:
        await upload_model(worker, task.run_id)
    desk.cluster.end(desk.name(spec["name"]), JobPhase.SUCCEEDED)
    await desk.turn()
    assert await desk.status(workload) == "succeeded"
    return workload


async def test_from_data_to_a_deployment_with_what_each_step_took(ada: Person, desk: Desk) -> None:
    source = await make_run(ada)
    corpus = await make_artifact(ada, source["id"], {"x.parquet": b"x"}, name="corpus", kind="dataset")
    data = {"source": "artifact", "artifact": corpus["id"]}
    workload = await train(ada, desk, TINY | {"data": data, "register_as": {"model": "digits"}})
    (model,) = (await ada.get(f"/projects/{ada.project_id}/models"))["items"]
    service = await ada.post(f"/projects/{ada.project_id}/services", {"name": f"s{ada.org_id.hex[-8:]}"})
    await ada.post(f"/services/{service['id']}/deployments", {"model": "digits", "version": "1"})
    policy = {"kind": "model", "model": "digits", "version": "1"}
    await ada.post(f"/projects/{ada.project_id}/simulations", {"name": "trial", "policy": policy})
    graph = await ada.get(f"/models/{model['id']}/versions/1/lineage")
    assert steps(graph) == {
        ("run run", "wrote", "artifact corpus"),
        ("artifact corpus", "read as data", "run tiny"),
        ("run tiny", "became", "model_version digits, version 1"),
        ("model_version digits, version 1", "deployed", f"deployment {service['name']}"),
        ("model_version digits, version 1", "evaluated", "simulation trial"),
    }
    assert named(graph)[graph["root"]] == "model_version digits, version 1"
    by_how = {edge["how"]: edge for edge in graph["edges"]}
    assert by_how["wrote"]["workload_id"] is None, "a run that a person logged"
    for how in ("read as data", "became"):
        assert by_how[how]["workload_id"] == workload
        assert by_how[how]["cost"]["cpu_seconds"] > 0
    assert by_how["deployed"]["cost"] == {"cpu_seconds": 0, "gpu_seconds": 0, "requests": 0, "tokens": 0}
    assert graph["truncated"] is False


async def test_data_that_is_no_artifact_is_named(ada: Person, desk: Desk) -> None:
    await train(ada, desk, TINY | {"register_as": {"model": "digits"}})
    (model,) = (await ada.get(f"/projects/{ada.project_id}/models"))["items"]
    detail = await ada.get(f"/models/{model['id']}/versions/1")
    assert detail["inputs"] == [{"how": "read as data", "kind": "data", "id": None, "name": "digits"}]
    graph = await ada.get(f"/models/{model['id']}/versions/1/lineage")
    assert ("data digits", "read as data", "run tiny") in steps(graph)


async def test_a_version_that_a_run_of_a_person_made(ada: Person) -> None:
    version = await make_version(ada)
    graph = await ada.get(f"/models/{version['model']['id']}/versions/1/lineage")
    assert steps(graph) == {("run run", "became", "model_version net, version 1")}


async def test_runs_that_read_what_they_wrote_end_somewhere(ada: Person) -> None:
    version = await make_version(ada)
    other = await make_run(ada)
    note = await make_artifact(ada, other["id"], {"note": b"n"}, name="note")
    for run, artifact in ((version["run_id"], note["id"]), (other["id"], version["artifact"]["id"])):
        await ada.post(f"/runs/{run}/inputs", {"artifact_id": artifact})
    graph = await ada.get(f"/models/{version['model']['id']}/versions/1/lineage")
    assert len(graph["nodes"]) == 5, json.dumps(graph["nodes"], indent=1)
    assert len(graph["edges"]) == 5
    assert graph["truncated"] is False


async def test_a_model_without_versions_has_no_lineage(ada: Person) -> None:
    model = await new_model(ada)
    assert (await ada.http.get(f"/api/v1/models/{model}/versions/1/lineage")).status_code == 404
