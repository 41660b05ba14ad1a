"""Datasets: versions of artifacts, and what a job reads of them."""

import io
from typing import Any
from uuid import uuid4

import pyarrow
import pyarrow.parquet

from tests.fixtures.auth import Person
from tests.fixtures.factories import make_artifact, make_run, make_version
from tests.fixtures.scheduling import TINY, Desk


async def make_dataset(person: Person, name: str = "corpus", **fields: Any) -> Any:
    return await person.post(f"/projects/{person.project_id}/datasets", {"name": name, **fields})


async def add(person: Person, dataset: Any, files: dict[str, bytes], **fields: Any) -> Any:
    run = await make_run(person)
    artifact = await make_artifact(person, run["id"], files, name=dataset["name"], kind="dataset")
    return await person.post(f"/datasets/{dataset['id']}/versions", {"artifact_id": artifact["id"], **fields})


def parquet(rows: int) -> bytes:
    output = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({"text": ["x"] * rows, "label": list(range(rows))}), output)
    return output.getvalue()


async def test_a_version_tells_its_columns_and_rows(ada: Person) -> None:
    dataset = await make_dataset(ada, description="what we train on")
    first = await add(ada, dataset, {"a.parquet": parquet(250), "b.parquet": parquet(50), "README.md": b"# Corpus"})
    assert first["columns"] == [{"name": "text", "type": "string"}, {"name": "label", "type": "int64"}]
    assert (first["version"], first["rows"]) == (1, 300)
    second = await add(ada, dataset, {"notes.txt": b"no table"})
    assert (second["version"], second["columns"], second["rows"]) == (2, [], None)
    third = await add(ada, dataset, {"z.bin": b"\0"}, columns=[{"name": "x", "type": "int8"}], rows=7)
    assert (third["columns"], third["rows"]) == ([{"name": "x", "type": "int8"}], 7)
    found = await ada.get(f"/datasets/{dataset['id']}")
    assert [version["version"] for version in found["versions"]] == [3, 2, 1]
    assert found["description"] == "what we train on"


async def test_the_same_again_is_the_same(ada: Person) -> None:
    dataset = await make_dataset(ada)
    assert (await make_dataset(ada))["id"] == dataset["id"]
    first = await add(ada, dataset, {"a.csv": b"x\n1\n"})
    assert await add(ada, dataset, {"a.csv": b"x\n1\n"}) == first
    events = (await ada.get("/events/history", params={"subject_id": dataset["id"]}))["items"]
    assert [event["action"] for event in events] == ["dataset.version_created", "dataset.created"]


async def test_only_artifacts_of_the_project_that_are_data(ada: Person, bob: Person) -> None:
    dataset = await make_dataset(ada)
    model = (await make_version(ada))["artifact"]["id"]
    refused = await ada.http.post(f"/api/v1/datasets/{dataset['id']}/versions", json={"artifact_id": model})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "artifact_id")
    theirs = (await add(bob, await make_dataset(bob), {"a.csv": b"x\n1\n"}))["artifact_id"]
    for artifact in (theirs, str(uuid4())):
        reply = await ada.http.post(f"/api/v1/datasets/{dataset['id']}/versions", json={"artifact_id": artifact})
        assert reply.status_code == 404


async def test_a_job_reads_the_version_that_its_spec_names(ada: Person, desk: Desk) -> None:
    dataset = await make_dataset(ada)
    versions = [await add(ada, dataset, {"t.jsonl": line}) for line in (b'{"text": "1"}\n', b'{"text": "2"}\n')]
    expected = {"corpus@1": 0, "corpus@2": 1, "corpus": 1, "corpus@latest": 1}
    for named, index in expected.items():
        data = {"source": "dataset", "dataset": named}
        job = await ada.post(f"/projects/{ada.project_id}/training-jobs", TINY | {"data": data})
        (read,) = await ada.get(f"/runs/{job['run_id']}/inputs")
        assert read["artifact"]["id"] == versions[index]["artifact_id"], named
    readers = (await ada.get(f"/artifacts/{versions[1]['artifact_id']}/lineage"))["used_by"]
    assert len(readers) == 3


async def test_a_spec_that_names_what_is_not_there(ada: Person, bob: Person, desk: Desk) -> None:
    await make_dataset(ada, "empty")
    await make_dataset(bob, "theirs")
    for named, said in {
        "absent": "there is no dataset 'absent' in this project",
        "theirs@1": "there is no dataset 'theirs' in this project",
        "empty": "the dataset 'empty' has no version yet",
        "empty@3": "the dataset 'empty' has no version 3",
    }.items():
        spec = TINY | {"data": {"source": "dataset", "dataset": named}}
        reply = await ada.http.post(f"/api/v1/projects/{ada.project_id}/training-jobs", json=spec)
        assert (reply.status_code, reply.json()["detail"]) == (422, said)
        assert reply.json()["errors"][0]["field"] == "data.dataset"
    for named in ("a@0", "a b", "a@x", "@1", ""):
        spec = TINY | {"data": {"source": "dataset", "dataset": named}}
        reply = await ada.http.post(f"/api/v1/projects/{ada.project_id}/training-jobs", json=spec)
        assert reply.status_code == 422, named


async def test_what_a_dataset_is_made_of_stays_with_it(ada: Person) -> None:
    dataset = await make_dataset(ada)
    version = await add(ada, dataset, {"a.csv": b"x\n1\n"})
    path = f"/api/v1/artifacts/{version['artifact_id']}"
    refused = await ada.http.delete(path)
    assert (refused.status_code, refused.json()["code"]) == (409, "in_use")
    run = (await ada.get(f"/artifacts/{version['artifact_id']}"))["run_id"]
    assert (await ada.http.delete(f"/api/v1/runs/{run}")).status_code == 204
    assert (await ada.http.get(path)).status_code == 200, "its run is gone, its content is not"
    assert (await ada.http.delete(f"/api/v1/datasets/{dataset['id']}")).status_code == 204
    assert (await ada.http.get(f"/api/v1/datasets/{dataset['id']}")).status_code == 404
    assert (await ada.http.delete(path)).status_code == 204
    await ada.post(f"/datasets/{dataset['id']}:undelete")
    assert (await ada.http.get(path)).status_code == 200, "what it is made of came back with it"
