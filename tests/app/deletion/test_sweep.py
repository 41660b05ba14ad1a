"""What was deleted long ago is removed for good, with the content that nothing refers to any more."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.cluster.base import JobPhase
from app.config import Settings
from app.deletion import blobs, expired, sweep
from app.kit.db import CONTROLLER, Database
from app.storage.store import ArtifactStore
from tests.app.test_isolation import one_of_everything
from tests.fixtures.auth import Person
from tests.fixtures.factories import make_artifact, make_run, make_version, upload
from tests.fixtures.scheduling import TINY, Desk

KEPT = timedelta(days=30)


@pytest.fixture
def store(settings: Settings) -> ArtifactStore:
    return ArtifactStore(settings.store)


@pytest.fixture(autouse=True)
async def nothing_is_due(controller_database: Database, store: ArtifactStore) -> None:
    """Of what other tests have deleted."""
    while any(await sweep.sweep(controller_database, store, KEPT)):
        continue


async def delete(person: Person, path: str) -> None:
    reply = await person.http.delete(f"/api/v1{path}")
    assert reply.status_code == 204, reply.text


async def long_ago(desk: Desk, person: Person) -> None:
    """All that the person has deleted, and all content that nothing refers to."""
    for table in (
        "projects",
        "experiments",
        "runs",
        "artifacts",
        "datasets",
        "models",
        "model_versions",
        "inference_services",
    ):
        await desk.execute(
            f"UPDATE {table} SET deleted_at = deleted_at - interval '31 days' "
            "WHERE org_id = :org AND deleted_at > now() - interval '30 days'",
            org=person.org_id,
        )


async def hours_later(desk: Desk, person: Person) -> None:
    await desk.execute(
        "UPDATE unreferenced_blobs SET created_at = created_at - interval '25 hours', "
        "taken_at = taken_at - interval '25 hours' WHERE org_id = :org",
        org=person.org_id,
    )


async def count(database: Database, table: str, org_id: UUID) -> int:
    async with database.session(CONTROLLER) as session:
        statement = text(f"SELECT count(*) FROM {table} WHERE org_id = :org")
        return int((await session.execute(statement, {"org": org_id})).scalar_one())


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


async def test_a_run_and_what_it_reported_and_wrote(
    ada: Person, desk: Desk, controller_database: Database, store: ArtifactStore
) -> None:
    run, other = await make_run(ada, params={"a": 1}), await make_run(ada)
    series = {"loss": {"steps": [1], "values": [1.0], "times": [1.0]}}
    batch = {"source": "s", "sequence": 0, "metrics": series, "logs": [{"time": 1, "text": "line"}]}
    await ada.post(f"/runs/{run['id']}/batches", batch)
    await make_artifact(ada, run["id"], {"mine": b"only here", "ours": b"in both"})
    await make_artifact(ada, other["id"], {"ours": b"in both"})
    await delete(ada, f"/runs/{run['id']}")
    assert await sweep.sweep(controller_database, store, KEPT) == (0, 0), "its time is not over"
    await long_ago(desk, ada)
    assert await sweep.sweep(controller_database, store, KEPT) == (2, 0), "artifact and run; content a while later"
    assert await store.has(ada.org_id, digest(b"only here"))
    await hours_later(desk, ada)
    assert await sweep.sweep(controller_database, store, KEPT) == (0, 1)
    assert not await store.has(ada.org_id, digest(b"only here"))
    assert await store.has(ada.org_id, digest(b"in both"))
    for table in (
        "metrics",
        "metric_latest",
        "logs",
        "metric_batches",
        "unfolded_batches",
        "batch_sources",
        "params",
        "unreferenced_blobs",
    ):
        assert await count(controller_database, table, ada.org_id) == 0, table
    assert await count(controller_database, "run_fields", ada.org_id) == 2, "name and status of the other"
    assert [row["id"] for row in (await ada.get(f"/projects/{ada.project_id}/runs"))["items"]] == [other["id"]]
    told = [event["action"] for event in (await ada.get("/events/history"))["items"]]
    assert told[:3] == ["content.removed", "run.removed", "artifact.removed"]


async def test_a_whole_project(ada: Person, bob: Person, desk: Desk, controller_database: Database) -> None:
    things, theirs = await one_of_everything(ada), await make_run(bob)
    await desk.turn()
    for path in ("training-jobs/{job_id}", "studies/{study_id}", "simulations/{simulation_id}"):
        await ada.post(f"/{path.format(**things)}:cancel")
    await ada.post(f"/deployments/{things['deployment_id']}:stop")
    await desk.turn()
    for name in desk.cluster.jobs:
        desk.cluster.end(name, JobPhase.STOPPED)
    await desk.turn(2)
    await delete(ada, f"/projects/{ada.project_id}")
    await long_ago(desk, ada)
    used = await count(controller_database, "usage_ledger", ada.org_id)
    assert used > 0
    await expired.remove_expired(controller_database, await moment(controller_database))
    for table in (
        "projects",
        "experiments",
        "runs",
        "artifacts",
        "models",
        "inference_services",
        "workloads",
        "trials",
    ):
        assert await count(controller_database, table, ada.org_id) == 0, table
    assert await count(controller_database, "usage_ledger", ada.org_id) == used, "what was used is not forgotten"
    told = await ada.get("/events/history", params={"subject_id": str(ada.project_id)})
    assert told["items"][0]["action"] == "project.removed"
    assert (await bob.get(f"/runs/{theirs['id']}"))["id"] == theirs["id"]


async def moment(database: Database) -> Any:
    async with database.session(CONTROLLER) as session:
        return (await session.execute(text("SELECT now() - interval '30 days'"))).scalar_one()


async def test_what_something_refers_to_stays(
    ada: Person, desk: Desk, controller_database: Database, store: ArtifactStore
) -> None:
    version = await make_version(ada)
    await delete(ada, f"/runs/{version['run_id']}")
    await long_ago(desk, ada)
    assert await sweep.sweep(controller_database, store, KEPT) == (0, 0), "a version was made from the run"
    await delete(ada, f"/models/{version['model']['id']}")
    await delete(ada, f"/artifacts/{version['artifact']['id']}")
    await long_ago(desk, ada)
    assert await sweep.sweep(controller_database, store, KEPT) == (4, 0), "version, model, artifact and run"


async def test_what_is_undeleted_is_not_removed(
    ada: Person, desk: Desk, controller_database: Database, store: ArtifactStore
) -> None:
    job = await ada.post(f"/projects/{ada.project_id}/training-jobs", TINY)
    await ada.post(f"/training-jobs/{job['id']}:cancel")
    await delete(ada, f"/runs/{job['run_id']}")
    await ada.post(f"/runs/{job['run_id']}:undelete")
    await long_ago(desk, ada)
    assert await sweep.sweep(controller_database, store, KEPT) == (0, 0)
    assert (await ada.get(f"/training-jobs/{job['id']}"))["id"] == job["id"]


async def unreferenced(person: Person, desk: Desk, database: Database, content: bytes) -> str:
    """A run whose artifact, and so its content, is removed and left behind in the store."""
    run, other = await make_run(person), await make_run(person)
    await make_artifact(person, run["id"], {"x": content})
    await delete(person, f"/runs/{run['id']}")
    await long_ago(desk, person)
    assert await expired.remove_expired(database, await moment(database)) == 2
    found: str = other["id"]
    return found


async def test_content_that_is_wanted_again_stays(
    ada: Person, desk: Desk, controller_database: Database, store: ArtifactStore
) -> None:
    run = await unreferenced(ada, desk, controller_database, b"again")
    await hours_later(desk, ada)
    assert (await ada.http.head(f"/api/v1/runs/{run}/blobs/{digest(b'again')}")).status_code == 200
    assert await blobs.sweep(controller_database, store) == 0, "somebody has asked for it"
    made = await make_artifact(ada, run, {"y": b"again"})
    await hours_later(desk, ada)
    assert await blobs.sweep(controller_database, store) == 0
    assert (await ada.http.get(f"/api/v1/artifacts/{made['id']}/files/y")).content == b"again"
    assert await count(controller_database, "unreferenced_blobs", ada.org_id) == 0


async def test_a_crash_between_leaves_what_the_next_sweep_needs(
    ada: Person, desk: Desk, controller_database: Database, settings: Settings
) -> None:
    """The store is lost in the middle: the content is marked as taken, and may be gone."""
    run = await unreferenced(ada, desk, controller_database, b"crash")
    await hours_later(desk, ada)
    folder = Path(settings.store.removeprefix("file://"))
    away = folder.with_name("away")
    nowhere = ArtifactStore(away.as_uri())
    blob = away / ArtifactStore.key(ada.org_id, digest(b"crash"))
    # A folder in the place of the content cannot be deleted as a file.
    (blob / "full").mkdir(parents=True)
    assert await blobs.sweep(controller_database, nowhere) == 0
    assert (await ada.http.head(f"/api/v1/runs/{run}/blobs/{digest(b'crash')}")).status_code == 404
    put = await ada.http.put(f"/api/v1/runs/{run}/blobs/{digest(b'crash')}", content=b"crash")
    assert (put.status_code, put.json()["code"], put.headers["retry-after"]) == (503, "content_leaving", "2")
    entry = {"path": "x", "sha256": digest(b"crash"), "size": 5}
    made = await ada.http.post(f"/api/v1/runs/{run}/artifacts", json={"name": "a", "files": [entry]})
    assert made.json()["code"] == "content_leaving"
    assert await blobs.sweep(controller_database, ArtifactStore(settings.store)) == 0, "another sweep may be at it"
    await desk.execute(
        "UPDATE unreferenced_blobs SET taken_at = taken_at - interval '10 minutes' WHERE org_id = :org", org=ada.org_id
    )
    assert await blobs.sweep(controller_database, ArtifactStore(settings.store)) == 1
    assert await upload(ada, run, b"crash")
