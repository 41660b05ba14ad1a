from typing import Any

import pytest

from tests.fixtures.auth import Person
from tests.fixtures.factories import make_artifact, make_run
from tests.fixtures.scheduling import Desk

PPO: dict[str, Any] = {
    "name": "search",
    "base": {"recipe": "ppo", "name": "policy"},
    "space": {"learning_rate": {"kind": "uniform", "low": 0.1, "high": 0.2}},
}
LM: dict[str, Any] = {
    "name": "search",
    "base": {"recipe": "lm", "name": "words"},
    "space": {"batch": {"kind": "choice", "values": [2, 4]}},
    "concurrent": 1,
}


async def refused(ada: Person, body: dict[str, Any]) -> dict[str, Any]:
    reply = await ada.http.post(f"/api/v1/projects/{ada.project_id}/studies", json=body)
    assert reply.status_code == 422, reply.text
    assert (await ada.get(f"/projects/{ada.project_id}/studies"))["items"] == []
    (error,) = reply.json()["errors"]
    return dict(error)


def over(artifact: str, **changes: Any) -> dict[str, Any]:
    return LM | {"base": {**LM["base"], "data": {"source": "artifact", "artifact": artifact}}} | changes


async def test_a_study_over_an_artifact_is_given_its_files(ada: Person, desk: Desk) -> None:
    artifact = await make_artifact(ada, (await make_run(ada))["id"], {"a.txt": b"alpha"})
    await ada.post(f"/projects/{ada.project_id}/studies", over(artifact["id"]))
    await desk.turn()
    task, worker = await desk.start("search")
    (file,) = task.inputs["data"]
    assert (file.path, (await worker.get(file.url)).content) == ("a.txt", b"alpha")


async def test_a_study_over_what_every_machine_has_is_given_nothing(ada: Person, desk: Desk) -> None:
    made = await ada.post(f"/projects/{ada.project_id}/studies", LM)
    await desk.turn()
    task, _ = await desk.start("search")
    assert task.inputs == {}
    assert (task.subject_id.hex, task.spec) == (made["id"].replace("-", ""), made["spec"])


async def test_an_artifact_that_is_not_there_is_refused(ada: Person, desk: Desk) -> None:
    error = await refused(ada, over("nonsense"))
    assert error == {"field": "base.data.artifact", "message": "there is no artifact 'nonsense' in this project"}


async def test_trials_cannot_each_take_an_artifact_of_their_own(ada: Person, desk: Desk) -> None:
    artifact = await make_artifact(ada, (await make_run(ada))["id"], {"a.txt": b"alpha"})
    space = {"data.artifact": {"kind": "choice", "values": [artifact["id"]]}}
    error = await refused(ada, over(artifact["id"], space=space))
    assert error["field"] == "space.data.artifact"


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"base": PPO["base"] | {"environment": "Pong-v9"}}, "base.environment", "'Pong-v9'; allowed: Acrobot-v1, "),
        (
            {"space": {"environment": {"kind": "choice", "values": ["CartPole-v1", "Pong-v9"]}}},
            "space.environment",
            "'Pong-v9'; allowed: Acrobot-v1, ",
        ),
        (
            {"space": {"environment": {"kind": "uniform", "low": 0, "high": 1}}},
            "space.environment",
            "drawn by `choice`, not 'uniform'",
        ),
    ],
)
async def test_an_unknown_environment_is_refused_with_those_there_are(
    ada: Person, desk: Desk, known_environments: list[str], changes: dict[str, Any], field: str, said: str
) -> None:
    error = await refused(ada, PPO | changes)
    assert error["field"] == field
    assert said in error["message"]
