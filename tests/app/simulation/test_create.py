from typing import Any

import pytest

from tests.fixtures.auth import Person
from tests.fixtures.scheduling import Desk

SPEC: dict[str, Any] = {"name": "swings", "environment": "Pendulum-v1", "episodes": 2}


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"parameters": {"gravity": 3}}, "parameters.gravity", "Pendulum-v1 has no parameter 'gravity'; allowed: g"),
        (
            {"environment": "Acrobot-v1", "parameters": {"g": 3}},
            "parameters.g",
            "Acrobot-v1 has no parameter 'g'; allowed: none",
        ),
        (
            {"policy": {"kind": "scripted", "name": "best"}},
            "policy.name",
            "Pendulum-v1 has no scripted policy 'best'; allowed: default",
        ),
    ],
)
async def test_what_the_environment_does_not_have_is_refused(
    ada: Person, desk: Desk, known_environments: list[str], changes: dict[str, Any], field: str, message: str
) -> None:
    reply = await ada.http.post(f"/api/v1/projects/{ada.project_id}/simulations", json=SPEC | changes)
    assert (reply.status_code, reply.json()["errors"]) == (422, [{"field": field, "message": message}])


async def test_an_unknown_environment_is_refused_with_those_there_are(
    ada: Person, desk: Desk, known_environments: list[str]
) -> None:
    body = SPEC | {"environment": "Pong-v9"}
    reply = await ada.http.post(f"/api/v1/projects/{ada.project_id}/simulations", json=body)
    (error,) = reply.json()["errors"]
    assert (reply.status_code, error["field"]) == (422, "environment")
    assert error["message"].endswith(f"allowed: {', '.join(known_environments)}")


async def test_parameters_of_the_environment_are_taken(ada: Person, desk: Desk, known_environments: list[str]) -> None:
    body = SPEC | {"parameters": {"g": 3.7}, "policy": {"kind": "scripted"}}
    made = await ada.post(f"/projects/{ada.project_id}/simulations", body)
    assert (made["environment"], made["spec"]["parameters"]) == ("Pendulum-v1", {"g": 3.7})
    assert (await ada.get(f"/runs/{made['run_id']}"))["params"]["parameters.g"] == 3.7
