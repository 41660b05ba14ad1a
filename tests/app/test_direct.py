"""The short way answers as FastAPI would, and leaves to it what is unusual."""

import json
from uuid import UUID, uuid4

import pytest
from fastapi import Depends, FastAPI, Response
from fastapi.dependencies.utils import get_dependant

from app.deps import MayRead, SessionDep
from app.direct import Way
from app.route import Route
from tests.fixtures.auth import Person
from tests.fixtures.factories import make_run
from trine.specs.telemetry import Batch


@pytest.fixture
async def run(ada: Person) -> str:
    made: str = (await make_run(ada))["id"]
    return made


async def test_which_operations_go_the_short_way(web_app: FastAPI) -> None:
    short = {route.path for route in web_app.routes if isinstance(route, Route) and route.is_direct}
    assert short == {
        "/api/v1/runs/{run_id}",
        "/api/v1/runs/{run_id}/batches",
        "/api/2.0/mlflow/runs/log-metric",
        "/api/2.0/mlflow/runs/log-batch",
    }


@pytest.mark.parametrize("key", ["1", "g" * 36, "0" * 32 + "----", "%20"])
async def test_a_key_that_is_none(ada: Person, key: str) -> None:
    reply = await ada.http.get(f"/api/v1/runs/{key}")
    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (422, "run_id")


async def test_other_forms_of_a_key(ada: Person, run: str) -> None:
    for form in (UUID(run).hex, run.upper()):
        assert (await ada.get(f"/runs/{form}"))["id"] == run


async def test_a_body_that_is_not_valid_is_read_again(ada: Person, run: str) -> None:
    url, kind = f"/api/v1/runs/{run}/batches", {"content-type": "application/json"}
    for body, field in (
        (b'{"source": "w"}', "sequence"),
        (b'{"source": "w", "sequence": 0, "more": 1}', "more"),
        (b'{"source": "w", "sequence": 0, "metrics": {"loss": {"steps": [1], "values": [], "times": []}}}', "metrics"),
        (b"{", "body"),
    ):
        reply = await ada.http.post(url, content=body, headers=kind)
        assert reply.status_code == 422, reply.text
        assert reply.json()["errors"][0]["field"].startswith(field)


async def test_half_of_a_surrogate_pair_is_replaced(ada: Person, run: str) -> None:
    body = json.dumps({"source": "w", "sequence": 0, "tags": {"a": "\ud800"}})
    reply = await ada.http.post(
        f"/api/v1/runs/{run}/batches", content=body, headers={"content-type": "application/json"}
    )
    assert reply.status_code == 200, reply.text
    assert (await ada.get(f"/runs/{run}"))["tags"] == {"a": "?"}


async def test_who_may_not_is_told_before_what_is_wrong(ada: Person, bob: Person, run: str) -> None:
    url = f"/api/v1/runs/{run}/batches"
    assert (await bob.http.post(url, json={"source": "w", "sequence": 0})).status_code == 404
    assert (await ada.http.post(url, content=b"{", headers={"Authorization": "Bearer no"})).status_code == 401
    assert (await ada.http.get(f"/api/v1/runs/{uuid4()}")).status_code == 404
    assert (await ada.http.put(f"/api/v1/runs/{run}/batches")).status_code == 405


async def one_of_a_session(session: SessionDep, principal: MayRead) -> Response: ...
async def one_of_a_query(principal: MayRead, page: int) -> Response: ...
async def one_of_two_bodies(principal: MayRead, first: Batch, second: Batch) -> Response: ...
async def one_of_a_name(principal: MayRead, name: str) -> Response: ...
async def one_without_a_principal() -> Response: ...
async def one_of_more(principal: MayRead, other: object = Depends(one_of_a_query)) -> Response: ...


@pytest.mark.parametrize(
    "endpoint",
    [one_of_a_session, one_of_a_query, one_of_two_bodies, one_of_a_name, one_without_a_principal, one_of_more],
)
async def test_what_needs_more_cannot_go_it(endpoint: object) -> None:
    dependant = get_dependant(path="/things/{name}", call=endpoint)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="cannot be direct"):
        Way(endpoint, dependant)  # type: ignore[arg-type]
