"""Text stays text: what would be SQL is stored, found and shown letter by letter."""

import pytest

from tests.fixtures.auth import Person
from tests.fixtures.factories import make_run

HOSTILE = [
    "'; DROP TABLE runs; --",
    '" OR "1"="1',
    "' UNION SELECT password_hash FROM users --",
    "%(orgs)s $1 :name \\' \\x27 ;",
    "<img src=x onerror=alert(1)>{{7*7}}${7*7}",
]


@pytest.mark.parametrize("text", HOSTILE)
async def test_a_name_is_kept_as_it_was_given(ada: Person, text: str) -> None:
    made = await ada.post("/projects/default/experiments", {"name": text, "description": text})
    again = await ada.get(f"/experiments/{made['id']}")
    assert (again["name"], again["description"]) == (text, text)
    run = await make_run(ada)
    batch = {"source": "test", "sequence": 1, "attempt": 1, "params": {text: text}, "tags": {text: text}}
    assert (await ada.http.post(f"/api/v1/runs/{run['id']}/batches", json=batch)).status_code == 200
    told = await ada.get(f"/runs/{run['id']}")
    assert (told["params"][text], told["tags"][text]) == (text, text)


@pytest.mark.parametrize("text", HOSTILE)
async def test_a_filter_finds_what_has_the_name_and_nothing_else(ada: Person, text: str) -> None:
    await ada.post("/projects/default/experiments", {"name": "harmless"})
    found = await ada.http.get("/api/v1/projects/default/experiments", params={"name": text})
    assert found.status_code == 200
    assert found.json()["items"] == []
    made = await ada.post("/projects/default/experiments", {"name": text})
    found = await ada.http.get("/api/v1/projects/default/experiments", params={"name": text})
    assert [each["id"] for each in found.json()["items"]] == [made["id"]]


@pytest.mark.parametrize("text", HOSTILE)
async def test_a_reference_that_is_no_reference(ada: Person, text: str) -> None:
    for path in ("runs/{}", "projects/{}/runs", "orgs/{}/members", "models/{}"):
        reply = await ada.http.get(f"/api/v1/{path.format(text.replace('/', ''))}")
        assert reply.status_code in {404, 422}, (path, reply.status_code)
