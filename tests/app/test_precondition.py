"""No change is lost unseen: `ETag` and `If-Match`."""

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.auth.permissions import Role
from tests.fixtures.auth import Person
from tests.fixtures.factories import make_artifact, make_run, make_version
from tests.fixtures.members import join
from tests.fixtures.scheduling import Desk


async def patch(person: Person, run_id: str, tag: str | None, **body: Any) -> httpx.Response:
    headers = {"If-Match": tag} if tag is not None else {}
    return await person.http.patch(f"/api/v1/runs/{run_id}", json=body, headers=headers)


async def test_a_change_on_what_was_read_is_made(ada: Person) -> None:
    run = await make_run(ada)
    first = await patch(ada, run["id"], None, tags={"a": "1"})
    second = await patch(ada, run["id"], first.headers["etag"], tags={"b": "2"})
    assert (second.status_code, second.json()["tags"]) == (200, {"a": "1", "b": "2"})
    assert second.headers["etag"] != first.headers["etag"]
    assert not first.headers["etag"].startswith("W/")


async def test_a_change_on_what_has_changed_since_is_refused(ada: Person) -> None:
    run = await make_run(ada)
    read = (await patch(ada, run["id"], None, tags={"a": "1"})).headers["etag"]
    changed = await patch(ada, run["id"], None, tags={"a": "2"})
    refused = await patch(ada, run["id"], read, tags={"a": "3"})
    assert (refused.status_code, refused.json()["code"]) == (412, "changed")
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["etag"] == changed.headers["etag"]
    assert (await ada.get(f"/runs/{run['id']}"))["tags"] == {"a": "2"}


async def test_of_two_at_once_one_is_made(ada: Person) -> None:
    run = await make_run(ada)
    read = (await patch(ada, run["id"], None, tags={"a": "1"})).headers["etag"]
    replies = await asyncio.gather(*(patch(ada, run["id"], read, tags={"n": str(n)}) for n in range(6)))
    assert sorted(reply.status_code for reply in replies) == [200, 412, 412, 412, 412, 412]
    (made,) = [reply for reply in replies if reply.status_code == 200]
    assert (await ada.get(f"/runs/{run['id']}"))["tags"] == made.json()["tags"]


@pytest.mark.parametrize(("tag", "status"), [("*", 200), ('"x", {}', 200), ('"x"', 412), ("W/{}", 412), ("", 412)])
async def test_forms_of_the_header(ada: Person, tag: str, status: int) -> None:
    run = await make_run(ada)
    read = (await patch(ada, run["id"], None, tags={"a": "1"})).headers["etag"]
    assert (await patch(ada, run["id"], tag.format(read), tags={"a": "2"})).status_code == status


async def test_a_foreign_thing_is_not_found_whatever_the_tag(ada: Person, bob: Person) -> None:
    run = await make_run(ada)
    for tag in ("*", '"x"'):
        assert (await patch(bob, run["id"], tag, tags={})).status_code == 404
    assert (await patch(bob, "nonsense", '"x"', tags={})).status_code == 422


async def test_traffic_is_a_part_of_its_service(ada: Person, desk: Desk) -> None:
    await make_version(ada)
    made = await ada.post(f"/projects/{ada.project_id}/services", {"name": f"s{ada.org_id.hex[-8:]}"})
    path = f"/api/v1/services/{made['id']}"
    deployment = await ada.post(f"/services/{made['id']}/deployments", {"model": "net"})
    body = {"weights": {deployment["id"]: 50}}
    read = (await ada.http.get(path)).headers["etag"]
    assert (await ada.http.get(path)).headers["etag"] == read
    assert (await ada.http.put(f"{path}/traffic", json=body, headers={"If-Match": read})).status_code == 200
    assert (await ada.http.get(path)).headers["etag"] != read
    assert (await ada.http.put(f"{path}/traffic", json=body, headers={"If-Match": read})).status_code == 412
    assert (await ada.http.delete(path, headers={"If-Match": read})).status_code == 412
    assert (await ada.http.get(path)).status_code == 200


async def things(ada: Person) -> dict[str, tuple[str, dict[str, Any]]]:
    """Address of what is changed, and a change of it."""
    version = await make_version(ada)
    return {
        "run": (f"/runs/{version['run_id']}", {"tags": {"a": "1"}}),
        "experiment": (f"/experiments/{(await ada.get('/runs/' + version['run_id']))['experiment_id']}", {"name": "x"}),
        "model": (f"/models/{version['model']['id']}", {"description": "x"}),
        "project": (f"/projects/{ada.project_id}", {"name": "x"}),
        "project by slug": ("/projects/default", {"name": "x"}),
    }


@pytest.mark.parametrize("kind", ["run", "experiment", "model", "project", "project by slug"])
async def test_what_was_read_is_changed_once(ada: Person, kind: str) -> None:
    path, change = (await things(ada))[kind]
    url = f"/api/v1{path}"
    read = (await ada.http.get(url)).headers["etag"]
    assert (await ada.http.get(url)).headers["etag"] == read
    made = await ada.http.patch(url, json=change, headers={"If-Match": read})
    assert made.status_code == 200, made.text
    assert made.headers["etag"] == (await ada.http.get(url)).headers["etag"] != read
    for refused in (
        await ada.http.patch(url, json=change, headers={"If-Match": read}),
        await ada.http.delete(url, headers={"If-Match": read}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (412, "changed")
    assert (await ada.http.delete(url, headers={"If-Match": made.headers["etag"]})).status_code == 204


async def test_an_alias_moves_from_where_it_was_read(ada: Person) -> None:
    version = await make_version(ada)
    url = f"/api/v1/models/{version['model']['id']}/aliases/champion"
    read = await ada.http.get(url)
    assert read.json()["version"] == 1
    run = await make_run(ada)
    artifact = await make_artifact(ada, run["id"], {"w": b"2"}, kind="model", framework="torch")
    await ada.post(f"/models/{version['model']['id']}/versions", {"artifact_id": artifact["id"]})
    tag = {"If-Match": read.headers["etag"]}
    moved = await ada.http.put(url, json={"version": 2}, headers=tag)
    assert (moved.status_code, moved.json()["version"]) == (200, 2)
    assert (await ada.http.put(url, json={"version": 1}, headers=tag)).status_code == 412
    assert (await ada.http.delete(url, headers=tag)).status_code == 412
    assert (await ada.http.get(url)).json()["version"] == 2
    assert (await ada.http.delete(url, headers={"If-Match": moved.headers["etag"]})).status_code == 204
    gone = await ada.http.put(url, json={"version": 1}, headers={"If-Match": moved.headers["etag"]})
    assert gone.status_code == 412, "it is not made again by somebody who believes it is there"
    assert (await ada.http.get(url)).status_code == 404


async def test_a_member_is_changed_as_they_were_read(ada: Person, bob: Person) -> None:
    await join(ada, bob, Role.MEMBER)
    url = f"/api/v1/orgs/{ada.org}/members/{bob.user_id}"
    read = (await ada.http.get(url)).headers["etag"]
    made = await ada.http.patch(url, json={"role": "viewer"}, headers={"If-Match": read})
    assert (made.status_code, made.json()["role"]) == (200, "viewer")
    assert (await ada.http.patch(url, json={"role": "admin"}, headers={"If-Match": read})).status_code == 412
    assert (await ada.http.delete(url, headers={"If-Match": read})).status_code == 412
    by_id = url.replace(ada.org, str(ada.org_id))
    assert (await ada.http.delete(by_id, headers={"If-Match": made.headers["etag"]})).status_code == 204


def test_the_refusal_is_described(web_app: FastAPI) -> None:
    for path, operations in web_app.openapi()["paths"].items():
        for method, operation in operations.items():
            takes = any(each["name"] == "if-match" for each in operation.get("parameters", []))
            assert takes == ("412" in operation["responses"]), (method, path)
