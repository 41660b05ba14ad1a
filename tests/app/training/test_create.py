from typing import Any

import pytest

from tests.fixtures.auth import Person
from tests.fixtures.factories import make_artifact, make_run
from tests.fixtures.scheduling import Desk

PPO = {"recipe": "ppo", "name": "policy"}
LM = {"recipe": "lm", "name": "words"}


async def refused(ada: Person, body: dict[str, Any]) -> dict[str, Any]:
    """The one field that is wrong; no trace is left of what was refused."""
    reply = await ada.http.post(f"/api/v1/projects/{ada.project_id}/training-jobs", json=body)
    assert reply.status_code == 422, reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    for kept in ("training-jobs", "experiments", "runs"):
        assert (await ada.get(f"/projects/{ada.project_id}/{kept}"))["items"] == []
    (error,) = reply.json()["errors"]
    return dict(error)


async def test_an_unknown_environment_is_refused_with_those_there_are(
    ada: Person, desk: Desk, known_environments: list[str]
) -> None:
    error = await refused(ada, PPO | {"environment": "Pong-v9"})
    assert error["field"] == "environment"
    assert error["message"] == f"there is no environment 'Pong-v9'; allowed: {', '.join(known_environments)}"


async def test_an_environment_of_the_catalogue_is_taken(ada: Person, desk: Desk, known_environments: list[str]) -> None:
    for index, name in enumerate(known_environments):
        body = PPO | {"name": f"policy-{index}", "environment": name}
        assert (await ada.post(f"/projects/{ada.project_id}/training-jobs", body))["spec"]["environment"] == name


async def test_a_field_that_ppo_does_not_have_is_refused(ada: Person, desk: Desk) -> None:
    error = await refused(ada, PPO | {"parameters": {"gravity": 3}})
    assert error["field"] == "parameters"


@pytest.mark.parametrize("artifact", ["nonsense", "01890a5d-ac96-774b-bcce-b302099a8057"])
async def test_an_artifact_that_is_not_there_is_refused(ada: Person, desk: Desk, artifact: str) -> None:
    error = await refused(ada, LM | {"data": {"source": "artifact", "artifact": artifact}})
    assert error == {"field": "data.artifact", "message": f"there is no artifact {artifact!r} in this project"}


async def test_an_artifact_of_somebody_else_is_refused(ada: Person, bob: Person, desk: Desk) -> None:
    theirs = await make_artifact(bob, (await make_run(bob))["id"], {"a.txt": b"a"})
    error = await refused(ada, LM | {"data": {"source": "artifact", "artifact": theirs["id"]}})
    assert error["field"] == "data.artifact"


async def test_a_job_over_an_artifact_is_given_its_files(ada: Person, desk: Desk) -> None:
    artifact = await make_artifact(ada, (await make_run(ada))["id"], {"a.txt": b"alpha", "b/c.txt": b"beta"})
    body = LM | {"data": {"source": "artifact", "artifact": artifact["id"]}}
    await ada.post(f"/projects/{ada.project_id}/training-jobs", body)
    await desk.turn()
    task, worker = await desk.start("words")
    files = task.inputs["data"]
    assert [(file.path, (await worker.get(file.url)).content) for file in files] == [
        ("a.txt", b"alpha"),
        ("b/c.txt", b"beta"),
    ]


async def test_a_job_and_its_run_tell_what_was_asked(ada: Person, desk: Desk) -> None:
    body = {"recipe": "classify", "name": "digits", "epochs": 3, "experiment": "small", "max_attempts": 2}
    made = await ada.post(f"/projects/{ada.project_id}/training-jobs", body)
    assert (made["name"], made["recipe"], made["spec"]["epochs"]) == ("digits", "classify", 3)
    assert (made["workload"]["kind"], made["workload"]["max_attempts"]) == ("training", 2)
    run = await ada.get(f"/runs/{made['run_id']}")
    assert (run["kind"], run["status"], run["params"]["epochs"]) == ("training", "queued", 3)
    assert run["workload_id"] == made["workload"]["id"]
    (experiment,) = (await ada.get(f"/projects/{ada.project_id}/experiments"))["items"]
    assert (experiment["id"], experiment["name"]) == (run["experiment_id"], "small")
    assert await ada.get(f"/training-jobs/{made['id']}") == made
