"""No change is lost unseen: `ETag` and `If-Match`."""

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.fixtures.auth import Person
from tests.fixtures.factories import make_run, make_version
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


def test_the_refusal_is_described(web_app: FastAPI) -> None:
    for path, operations in web_app.openapi()["paths"].items():
        for method, operation in operations.items():
            takes = any(each["name"] == "if-match" for each in operation.get("parameters", []))
            assert takes == ("412" in operation["responses"]), (method, path)
