"""What a fuzzer found: refused, each with the field or the reason, and never a fault of the server."""

from typing import Any

import pytest

from tests.fixtures.auth import Person
from tests.fixtures.factories import make_run


@pytest.mark.parametrize(
    "wrong",
    [
        {"failure": {"kind": [], "message": "x"}},
        {"failure": {"kind": {}, "message": {"deep": [1]}}},
        {"attempt": 2**31},
        {"attempt": 2**80},
        {"sequence": 2**63},
        {"sequence": True},
        {"logs": [{"time": False, "text": "x"}]},
        {"metrics": {"loss": {"steps": [True], "values": [1], "times": [1]}}},
        {"metrics": {"loss": {"steps": [1], "values": ["1"], "times": [1]}}},
    ],
)
async def test_a_batch_that_no_client_would_send(ada: Person, wrong: dict[str, Any]) -> None:
    run = await make_run(ada)
    reply = await ada.http.post(f"/api/v1/runs/{run['id']}/batches", json={"source": "s", "sequence": 0} | wrong)
    assert reply.status_code == 422, reply.text
    assert reply.headers["content-type"] == "application/problem+json"


async def test_an_unhashable_tag_of_a_spec(ada: Person) -> None:
    body = {"recipe": ["lm"], "name": {}, "data": {"source": []}}
    reply = await ada.http.post(f"/api/v1/projects/{ada.project_id}/training-jobs", json=body)
    assert reply.status_code == 422, reply.text
