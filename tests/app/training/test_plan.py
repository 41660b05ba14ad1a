"""The plan of a job: what it would ask for, before it is submitted."""

from typing import Any

import httpx

from tests.fixtures.auth import Person
from tests.fixtures.scheduling import TINY, Desk, hungry


async def planned(person: Person, spec: dict[str, Any]) -> httpx.Response:
    return await person.http.post(f"/api/v1/projects/{person.project_id}/training-jobs:plan", json=spec)


async def test_a_plan_tells_what_is_asked_and_leaves_nothing(ada: Person, desk: Desk) -> None:
    await ada.post(f"/projects/{ada.project_id}/training-jobs", TINY | {"experiment": "first"})
    plan = (await planned(ada, hungry(2, experiment="second"))).json()
    assert [bundle["cpu"] for bundle in plan["bundles"]] == [1, 1, 1]
    assert (plan["asks"], plan["nodes"], plan["waiting_before"]) == ("3 CPU", len(desk.cluster.members), 1)
    (job,) = (await ada.get(f"/projects/{ada.project_id}/training-jobs"))["items"]
    assert job["name"] == "tiny"
    experiments = (await ada.get(f"/projects/{ada.project_id}/experiments"))["items"]
    assert [each["name"] for each in experiments] == ["first"]


async def test_those_who_wait_elsewhere_are_not_told(ada: Person, bob: Person, desk: Desk) -> None:
    await bob.post(f"/projects/{bob.project_id}/training-jobs", TINY)
    assert (await planned(ada, TINY)).json()["waiting_before"] == 0


async def test_a_plan_refuses_what_a_submission_would(ada: Person, desk: Desk, known_environments: list[str]) -> None:
    for spec, field in (
        (TINY | {"epochs": 0}, "epochs"),
        (TINY | {"data": {"source": "artifact", "artifact": "nonsense"}}, "data.artifact"),
        ({"recipe": "ppo", "name": "policy", "environment": "Pong-v9"}, "environment"),
        (hungry(500), "resources"),
    ):
        refused = await planned(ada, spec)
        submitted = await ada.http.post(f"/api/v1/projects/{ada.project_id}/training-jobs", json=spec)
        assert refused.status_code == submitted.status_code == 422
        assert refused.json() == submitted.json()
        assert [error["field"] for error in refused.json()["errors"]] == [field]
