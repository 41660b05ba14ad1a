import asyncio
from typing import Any

import pytest

from tests.fixtures.auth import Person
from tests.fixtures.factories import make_artifact, make_run, make_version
from tests.fixtures.paging import check_pages

FILES = {"config.json": b"{}", "model.safetensors": b"weights"}


async def new_model(ada: Person, name: str = "net") -> str:
    made: str = (await ada.post(f"/projects/{ada.project_id}/models", {"name": name}))["id"]
    return made


async def new_artifact(ada: Person, content: bytes = b"weights", **metadata: Any) -> dict[str, Any]:
    """Of a run of its own."""
    run = await make_run(ada)
    files = FILES | {"model.safetensors": content}
    return await make_artifact(ada, run["id"], files, kind="model", **{"framework": "torch", **metadata})


async def new_versions(ada: Person, model: str, count: int) -> list[dict[str, Any]]:
    artifacts = [await new_artifact(ada) for _ in range(count)]
    return [await ada.post(f"/models/{model}/versions", {"artifact_id": artifact["id"]}) for artifact in artifacts]


async def point(ada: Person, model: str, version: int, alias: str = "champion") -> dict[str, Any]:
    reply = await ada.http.put(f"/api/v1/models/{model}/aliases/{alias}", json={"version": version})
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


async def alias_events(ada: Person, model: str) -> list[tuple[str, int | None, int | None]]:
    """`(action, before, after)`, oldest first."""
    events = (await ada.get("/events/history", params={"subject_id": model}))["items"]
    moves = [event for event in events if event["action"].startswith("model_alias.")]
    return [(event["action"], event["data"]["before"], event["data"]["after"]) for event in moves[::-1]]


async def test_versions_made_at_once_have_numbers_of_their_own(ada: Person) -> None:
    model = await new_model(ada)
    artifacts = [await new_artifact(ada) for _ in range(6)]
    made = await asyncio.gather(
        *[ada.post(f"/models/{model}/versions", {"artifact_id": artifact["id"]}) for artifact in artifacts]
    )
    assert sorted(version["version"] for version in made) == [1, 2, 3, 4, 5, 6]
    told = (await ada.get(f"/models/{model}"))["versions"]
    assert [version["version"] for version in told] == [6, 5, 4, 3, 2, 1]


async def test_the_same_result_registered_at_once_is_one_version(ada: Person) -> None:
    model = await new_model(ada)
    artifact = await new_artifact(ada)
    made = await asyncio.gather(
        *[ada.post(f"/models/{model}/versions", {"artifact_id": artifact["id"]}) for _ in range(4)]
    )
    assert {version["id"] for version in made} == {made[0]["id"]}
    assert [version["version"] for version in (await ada.get(f"/models/{model}"))["versions"]] == [1]


async def test_models_of_one_name_made_at_once_are_one(ada: Person) -> None:
    assert len({*await asyncio.gather(*[new_model(ada) for _ in range(4)])}) == 1


async def test_a_version_tells_where_it_comes_from(ada: Person) -> None:
    model = await new_model(ada)
    run = await make_run(ada, params={"learning_rate": 0.1})
    metrics = {"validation/accuracy": 0.9}
    artifact = await make_artifact(ada, run["id"], FILES, kind="model", framework="torch", metrics=metrics)
    await ada.post(f"/models/{model}/versions", {"artifact_id": artifact["id"]})
    (version,) = (await ada.get(f"/models/{model}"))["versions"]
    assert version["digest"] == artifact["digest"]
    assert version["framework"] == "torch"
    assert version["metrics"] == metrics
    assert version["size"] == sum(map(len, FILES.values()))
    assert (await ada.get(f"/runs/{version['run_id']}"))["params"] == {"learning_rate": 0.1}
    files = (await ada.get(f"/artifacts/{version['artifact_id']}"))["files"]
    assert {file["path"]: file["size"] for file in files} == {path: len(content) for path, content in FILES.items()}
    for path, content in FILES.items():
        reply = await ada.http.get(f"/api/v1/artifacts/{version['artifact_id']}/files/{path}")
        assert reply.content == content


async def test_an_alias_that_moves_leaves_a_trace(ada: Person) -> None:
    model = await new_model(ada)
    await new_versions(ada, model, 2)
    assert (await point(ada, model, 1))["aliases"] == ["champion"]
    assert (await point(ada, model, 2))["aliases"] == ["champion"]
    await point(ada, model, 2)
    newest, oldest = (await ada.get(f"/models/{model}"))["versions"]
    assert (newest["aliases"], oldest["aliases"]) == (["champion"], [])
    assert (await ada.http.delete(f"/api/v1/models/{model}/aliases/champion")).status_code == 204
    assert await alias_events(ada, model) == [
        ("model_alias.moved", None, 1),
        ("model_alias.moved", 1, 2),
        ("model_alias.removed", 2, None),
    ]
    again = await ada.http.delete(f"/api/v1/models/{model}/aliases/champion")
    assert (again.status_code, again.json()["code"]) == (404, "not_found")


async def test_of_an_alias_moved_at_once_each_move_begins_where_the_other_ended(ada: Person) -> None:
    model = await new_model(ada)
    await new_versions(ada, model, 4)
    await asyncio.gather(*[point(ada, model, number) for number in (1, 2, 3, 4)])
    moves = await alias_events(ada, model)
    assert [before for _, before, _ in moves] == [None, *[after for _, _, after in moves[:-1]]]
    (shown,) = [version for version in (await ada.get(f"/models/{model}"))["versions"] if version["aliases"]]
    assert shown["version"] == moves[-1][2]


async def test_an_alias_of_a_version_that_is_not_there(ada: Person) -> None:
    model = await new_model(ada)
    reply = await ada.http.put(f"/api/v1/models/{model}/aliases/champion", json={"version": 7})
    assert (reply.status_code, "7" in reply.json()["detail"]) == (404, True)
    assert await alias_events(ada, model) == []


@pytest.mark.parametrize(("kind", "framework"), [("file", "torch"), ("model", "tensorflow"), ("model", None)])
async def test_what_is_no_model_is_not_registered(ada: Person, kind: str, framework: str | None) -> None:
    model = await new_model(ada)
    run = await make_run(ada)
    metadata = {"framework": framework} if framework else {}
    artifact = await make_artifact(ada, run["id"], FILES, kind=kind, **metadata)
    reply = await ada.http.post(f"/api/v1/models/{model}/versions", json={"artifact_id": artifact["id"]})
    assert reply.status_code == 422
    assert "`framework`" in reply.json()["detail"]


async def test_an_artifact_of_another_organization_is_not_registered(ada: Person, bob: Person) -> None:
    model = await new_model(ada)
    foreign = await make_version(bob)
    body = {"artifact_id": foreign["artifact"]["id"]}
    assert (await ada.http.post(f"/api/v1/models/{model}/versions", json=body)).status_code == 404


async def test_models_come_in_pages(ada: Person) -> None:
    made = [await new_model(ada, f"net-{number}") for number in range(5)]
    await check_pages(ada, f"/projects/{ada.project_id}/models", made)
