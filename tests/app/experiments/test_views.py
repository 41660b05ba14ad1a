"""Views of the table of runs: one's own and those of a project."""

from typing import Any

import httpx
import pytest

from app.auth.permissions import Role
from app.bounds import MOST, Listed
from tests.fixtures.auth import Person
from tests.fixtures.members import join

VIEW: dict[str, Any] = {
    "name": "best",
    "filter": "metrics.loss < 0.3",
    "sort": "metrics.loss",
    "columns": ["metrics.loss", "params.lr"],
    "group_by": ["params.lr"],
    "layout": {"widths": [1, 2]},
}


async def make(person: Person, project: object, **told: Any) -> dict[str, Any]:
    made: dict[str, Any] = await person.post(f"/projects/{project}/run-views", VIEW | told)
    return made


async def names(person: Person, project: object) -> list[str]:
    return [view["name"] for view in await person.get(f"/projects/{project}/run-views")]


async def test_a_view_is_read_as_it_was_kept(ada: Person) -> None:
    made = await make(ada, ada.project_id)
    assert {name: made[name] for name in VIEW} == VIEW
    assert (made["shared"], made["created_by"]) == (False, str(ada.user_id))
    assert await ada.get(f"/run-views/{made['id']}") == made
    plain = await ada.post(f"/projects/{ada.project_id}/run-views", {"name": "plain"})
    assert (plain["filter"], plain["columns"], plain["group_by"], plain["layout"]) == ("", None, [], {})
    changed = await ada.patch(f"/run-views/{made['id']}", {"columns": None, "sort": ""})
    assert (changed["columns"], changed["sort"], changed["filter"]) == (None, "", VIEW["filter"])
    assert (await ada.http.delete(f"/api/v1/run-views/{made['id']}")).status_code == 204
    assert await names(ada, ada.project_id) == ["plain"]


async def test_ones_own_is_nobody_elses(ada: Person, bob: Person) -> None:
    await join(ada, bob, Role.MEMBER)
    own, shared = await make(ada, ada.project_id), await make(ada, ada.project_id, name="team", shared=True)
    assert await names(bob, ada.project_id) == ["team"]
    url = f"/api/v1/run-views/{own['id']}"
    for tag in ({}, {"If-Match": '"x"'}):
        replies: list[httpx.Response] = [
            await bob.http.get(url),
            await bob.http.patch(url, json={"name": "stolen"}, headers=tag),
            await bob.http.delete(url, headers=tag),
        ]
        assert [reply.status_code for reply in replies] == [404, 404, 404]
    assert (await bob.patch(f"/run-views/{shared['id']}", {"filter": ""}))["filter"] == ""
    taken = await bob.http.patch(f"/api/v1/run-views/{shared['id']}", json={"shared": False})
    assert (taken.status_code, taken.json()["code"]) == (403, "forbidden")
    assert (await ada.patch(f"/run-views/{shared['id']}", {"shared": False}))["shared"] is False
    assert await names(bob, ada.project_id) == []


async def test_a_viewer_looks_and_keeps_nothing(ada: Person, bob: Person) -> None:
    await join(ada, bob, Role.VIEWER)
    shared = await make(ada, ada.project_id, shared=True)
    assert await names(bob, ada.project_id) == ["best"]
    path = f"/api/v1/projects/{ada.project_id}/run-views"
    assert (await bob.http.post(path, json={"name": "mine"})).status_code == 403
    assert (await bob.http.delete(f"/api/v1/run-views/{shared['id']}")).status_code == 403


async def test_a_name_is_one_views(ada: Person, bob: Person) -> None:
    await join(ada, bob, Role.MEMBER)
    for person in (ada, bob):
        await make(person, ada.project_id)
        again = await person.http.post(f"/api/v1/projects/{ada.project_id}/run-views", json=VIEW)
        assert (again.status_code, again.json()["code"]) == (409, "exists")
    await make(ada, ada.project_id, shared=True)
    theirs = (await bob.get(f"/projects/{ada.project_id}/run-views"))[0]
    assert theirs["created_by"] == str(bob.user_id)
    shared = await bob.http.patch(f"/api/v1/run-views/{theirs['id']}", json={"shared": True})
    assert (shared.status_code, shared.json()["code"]) == (409, "exists")
    assert await ada.get(f"/projects/{ada.project_id}/run-views"), "the transaction goes on after a conflict"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"filter": "loss <"}, "filter"),
        ({"sort": "loss"}, "sort"),
        ({"columns": ["loss"]}, "columns"),
        ({"group_by": ["metrics.loss"]}, "group_by"),
        ({"group_by": ["lr"]}, "group_by"),
        ({"layout": {"x": "y" * 20_000}}, "layout"),
        ({"name": ""}, "name"),
    ],
)
async def test_only_what_can_be_read_is_kept(ada: Person, wrong: dict[str, Any], field: str) -> None:
    path = f"/api/v1/projects/{ada.project_id}/run-views"
    made = await make(ada, ada.project_id, name="other")
    for reply in (
        await ada.http.post(path, json=VIEW | wrong),
        await ada.http.patch(f"/api/v1/run-views/{made['id']}", json=wrong),
    ):
        assert (reply.status_code, reply.json()["errors"][0]["field"]) == (422, field), reply.text


async def test_what_was_read_is_changed_once(ada: Person) -> None:
    made = await make(ada, ada.project_id)
    url = f"/api/v1/run-views/{made['id']}"
    read = (await ada.http.get(url)).headers["etag"]
    changed = await ada.http.patch(url, json={"name": "x"}, headers={"If-Match": read})
    assert (changed.status_code, changed.headers["etag"]) == (200, (await ada.http.get(url)).headers["etag"])
    assert (await ada.http.patch(url, json={"name": "y"}, headers={"If-Match": read})).status_code == 412
    assert (await ada.http.delete(url, headers={"If-Match": read})).status_code == 412
    assert (await ada.http.delete(url, headers={"If-Match": changed.headers["etag"]})).status_code == 204


async def test_a_request_sent_again_keeps_one(ada: Person) -> None:
    path, headers = f"/api/v1/projects/{ada.project_id}/run-views", {"Idempotency-Key": "once"}
    first, again = [await ada.http.post(path, json=VIEW, headers=headers) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert await names(ada, ada.project_id) == ["best"]


async def test_events_tell_what_is_shared_and_nothing_of_what_is_not(ada: Person) -> None:
    own, shared = await make(ada, ada.project_id), await make(ada, ada.project_id, name="team", shared=True)
    await ada.patch(f"/run-views/{shared['id']}", {"sort": ""})
    await ada.patch(f"/run-views/{shared['id']}", {"sort": ""})
    await ada.http.delete(f"/api/v1/run-views/{own['id']}")
    events = (await ada.get("/events/history"))["items"]
    told = [(event["action"], event["data"]) for event in events if event["action"].startswith("run_view.")]
    assert [action for action, _ in told] == [
        *("run_view.deleted", "run_view.changed", "run_view.created", "run_view.created"),
    ]
    assert (told[0][1]["before"], told[0][1]["after"]) == ({"shared": False}, None)
    assert (told[1][1]["before"]["sort"], told[1][1]["after"]["sort"]) == ("metrics.loss", "")


async def test_a_service_account_shares_its_views(ada: Person) -> None:
    account = await ada.post(f"/orgs/{ada.org}/service-accounts", {"name": "robot", "role": "member"})
    key = await ada.post(f"/service-accounts/{account['id']}/keys", {"name": "k", "project": str(ada.project_id)})
    headers = {"Authorization": f"Bearer {key['key']}"}
    path = f"/api/v1/projects/{ada.project_id}/run-views"
    own = await ada.http.post(path, json=VIEW, headers=headers)
    assert (own.status_code, own.json()["errors"][0]["field"]) == (422, "shared")
    shared = await ada.http.post(path, json=VIEW | {"shared": True}, headers=headers)
    assert (shared.status_code, shared.json()["created_by"]) == (201, account["id"])


async def test_there_is_an_end_to_them(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MOST, Listed.RUN_VIEWS, 1)
    await make(ada, ada.project_id)
    reply = await ada.http.post(f"/api/v1/projects/{ada.project_id}/run-views", json=VIEW | {"name": "more"})
    assert (reply.status_code, reply.json()["code"]) == (422, "limit_reached")
