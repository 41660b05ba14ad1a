from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.deletion.expired import remove_expired
from app.kit.clock import now
from app.kit.db import CONTROLLER, Database
from tests.app.registry.test_routes import new_artifact, new_model, new_versions, point
from tests.fixtures.auth import Person
from tests.fixtures.factories import make_artifact, make_run, make_version

SIGNATURE = {
    "task": "classification",
    "inputs": [{"name": "inputs", "type": "float32", "shape": [-1, 64]}],
    "outputs": [{"name": "logits", "type": "float32", "shape": [-1, 10]}],
    "labels": ["0", "1"],
}


async def new_version(ada: Person, model: str, **told: Any) -> dict[str, Any]:
    artifact = await new_artifact(ada)
    made: dict[str, Any] = await ada.post(f"/models/{model}/versions", {"artifact_id": artifact["id"], **told})
    return made


async def actions(ada: Person, model: str) -> list[str]:
    """Oldest first."""
    events = (await ada.get("/events/history", params={"subject_id": model}))["items"]
    return [event["action"] for event in events][::-1]


async def test_a_version_says_what_its_artifact_says(ada: Person) -> None:
    model = await new_model(ada)
    artifact = await new_artifact(ada, licence="apache-2.0 or mit", signature=SIGNATURE, metrics={"loss": 0.25})
    made = await ada.post(f"/models/{model}/versions", {"artifact_id": artifact["id"]})
    found = await ada.get(f"/models/{model}/versions/1")
    assert found["licence"] == "Apache-2.0 OR MIT"
    assert found["signature"] == SIGNATURE
    assert found["metrics"] == {"loss": 0.25}
    assert found["created_by"] == str(ada.user_id)
    assert {file["path"]: file["size"] for file in found["files"]} == {"config.json": 2, "model.safetensors": 7}
    assert made == {name: value for name, value in found.items() if name not in {"files", "inputs"}}


@pytest.mark.parametrize(
    ("metadata", "named"),
    [
        ({"licence": "my own"}, "SPDX"),
        ({"signature": {"inputs": [{"name": "x"}], "outputs": []}}, "inputs.0.type"),
        ({"signature": "float32 in, float32 out"}, "signature"),
    ],
)
async def test_an_artifact_that_says_nonsense_is_not_registered(
    ada: Person, metadata: dict[str, Any], named: str
) -> None:
    model = await new_model(ada)
    artifact = await new_artifact(ada, **metadata)
    reply = await ada.http.post(f"/api/v1/models/{model}/versions", json={"artifact_id": artifact["id"]})
    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (422, "artifact_id")
    assert named in reply.json()["detail"]


async def test_what_is_said_of_a_version_can_be_changed(ada: Person) -> None:
    model = await new_model(ada)
    await new_version(ada, model, description="first", tags={"team": "nlp"}, licence="mit")
    changed = await ada.patch(f"/models/{model}/versions/1", {"tags": {"team": "vision"}})
    assert (changed["description"], changed["tags"], changed["licence"]) == ("first", {"team": "vision"}, "MIT")
    cleared = await ada.patch(f"/models/{model}/versions/1", {"licence": None})
    assert (cleared["licence"], cleared["tags"]) == (None, {"team": "vision"})
    await ada.patch(f"/models/{model}/versions/1", {"licence": None})
    assert (await actions(ada, model))[1:] == ["model_version.created", *["model_version.changed"] * 2]
    wrong = await ada.http.patch(f"/api/v1/models/{model}/versions/1", json={"licence": "free for all"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "licence")


async def test_who_read_an_older_state_of_a_version_changes_nothing(ada: Person) -> None:
    model = await new_model(ada)
    await new_version(ada, model)
    read = (await ada.http.get(f"/api/v1/models/{model}/versions/1")).headers["etag"]
    for address, body in (("", {"description": "mine"}), ("/card", {"markdown": "# mine"})):
        send = ada.http.put if address else ada.http.patch
        reply = await send(f"/api/v1/models/{model}/versions/1{address}", json=body, headers={"If-Match": read})
        assert reply.status_code == (412 if address else 200), reply.text
        assert reply.headers["etag"] != read
    card = await ada.http.get(f"/api/v1/models/{model}/versions/1/card")
    assert card.json()["written"] is False
    fresh = {"If-Match": card.headers["etag"]}
    written = await ada.http.put(f"/api/v1/models/{model}/versions/1/card", json={"markdown": "# mine"}, headers=fresh)
    assert written.json() == {"markdown": "# mine", "written": True}
    assert written.headers["etag"] != fresh["If-Match"]


async def test_the_card_that_nobody_wrote_is_made_from_the_run(ada: Person) -> None:
    model = await new_model(ada)
    params = {"data": {"source": "builtin", "name": "digits"}, "learning_rate": 0.1, "note": "a|b\n*c*"}
    run = await make_run(ada, params=params)
    metadata: dict[str, Any] = {
        "framework": "transformers",
        "metrics": {"validation/loss": 1.5},
        "signature": SIGNATURE,
    }
    artifact = await make_artifact(ada, run["id"], {"w.safetensors": b"w"}, kind="model", **metadata)
    told = {"artifact_id": artifact["id"], "description": "Tells digits apart.", "licence": "mit"}
    await ada.post(f"/models/{model}/versions", told)
    card = (await ada.get(f"/models/{model}/versions/1/card"))["markdown"]
    for said in (
        "# net, version 1",
        "Tells digits apart.",
        "| Licence | MIT |",
        "Trained on builtin data: digits.",
        "| validation/loss | 1.5 |",
        "| learning\\_rate | 0.1 |",
        r"| note | a\|b \*c\* |",
        "| in: inputs | float32 [-1, 64] |",
        'AutoModelForCausalLM.from_pretrained("./net")',
    ):
        assert said in card, card
    await ada.http.put(f"/api/v1/models/{model}/versions/1/card", json={"markdown": "# mine"})
    removed = await ada.http.delete(f"/api/v1/models/{model}/versions/1/card")
    assert removed.json() == {"markdown": card, "written": False}


async def test_a_version_is_deleted_and_undeleted_alone(ada: Person) -> None:
    model = await new_model(ada)
    await new_versions(ada, model, 3)
    assert (await ada.http.delete(f"/api/v1/models/{model}/versions/2")).status_code == 204
    assert [each["version"] for each in (await ada.get(f"/models/{model}/versions"))["items"]] == [3, 1]
    assert (await ada.http.get(f"/api/v1/models/{model}/versions/2")).status_code == 404
    gone = (await ada.get(f"/models/{model}/versions", params={"deleted": True}))["items"]
    assert [each["version"] for each in gone] == [2]
    again = await ada.post(f"/models/{model}/versions", {"artifact_id": (await new_artifact(ada))["id"]})
    assert again["version"] == 4, "a number is never given again"
    assert (await ada.post(f"/models/{model}/versions/2:undelete"))["version"] == 2
    assert [each["version"] for each in (await ada.get(f"/models/{model}"))["versions"]] == [4, 3, 2, 1]
    twice = await ada.http.post(f"/api/v1/models/{model}/versions/2:undelete")
    assert (twice.status_code, twice.json()["code"]) == (409, "not_deleted")


async def test_a_version_that_an_alias_points_at_stays(ada: Person) -> None:
    model = await new_model(ada)
    await new_versions(ada, model, 1)
    await point(ada, model, 1)
    reply = await ada.http.delete(f"/api/v1/models/{model}/versions/1")
    assert (reply.status_code, reply.json()["code"], "champion" in reply.json()["detail"]) == (409, "in_use", True)


async def test_the_same_content_registered_anew_is_another_version(ada: Person) -> None:
    model = await new_model(ada)
    made = await new_version(ada, model)
    await ada.http.delete(f"/api/v1/models/{model}/versions/1")
    assert (await ada.post(f"/models/{model}/versions", {"artifact_id": made["artifact_id"]}))["version"] == 2
    reply = await ada.http.post(f"/api/v1/models/{model}/versions/1:undelete")
    assert (reply.status_code, reply.json()["code"]) == (409, "name_taken")
    assert "version 2" in reply.json()["detail"]


async def test_what_an_undeleted_version_is_made_of_is_there_again(ada: Person) -> None:
    model = await new_model(ada)
    made = await new_version(ada, model)
    await ada.http.delete(f"/api/v1/models/{model}/versions/1")
    assert (await ada.http.delete(f"/api/v1/artifacts/{made['artifact_id']}")).status_code == 204
    await ada.post(f"/models/{model}/versions/1:undelete")
    assert (await ada.http.get(f"/api/v1/artifacts/{made['artifact_id']}")).status_code == 200


async def test_a_version_of_a_deleted_model_comes_back_with_it(ada: Person) -> None:
    model = await new_model(ada)
    await new_versions(ada, model, 2)
    await ada.http.delete(f"/api/v1/models/{model}/versions/1")
    await ada.http.delete(f"/api/v1/models/{model}")
    assert (await ada.http.post(f"/api/v1/models/{model}/versions/1:undelete")).status_code == 404
    await ada.post(f"/models/{model}:undelete")
    assert [each["version"] for each in (await ada.get(f"/models/{model}/versions"))["items"]] == [2]


async def test_a_deleted_version_is_removed_for_good_when_its_time_is_over(
    ada: Person, controller_database: Database
) -> None:
    model = await new_model(ada)
    await new_versions(ada, model, 2)
    await ada.http.delete(f"/api/v1/models/{model}/versions/1")
    await remove_expired(controller_database, now() + timedelta(seconds=1))
    async with controller_database.session(CONTROLLER) as session:
        left = await session.scalars(text("SELECT version FROM model_versions WHERE model_id = :id"), {"id": model})
        assert left.all() == [2]


async def test_a_model_has_another_name_and_tags(ada: Person) -> None:
    model = await new_model(ada)
    await new_model(ada, "other")
    renamed = await ada.patch(f"/models/{model}", {"name": "net-2", "tags": {"task": "digits"}})
    assert (renamed["name"], renamed["tags"], renamed["description"]) == ("net-2", {"task": "digits"}, "")
    reply = await ada.http.patch(f"/api/v1/models/{model}", json={"name": "other"})
    assert (reply.status_code, reply.json()["code"]) == (409, "name_taken")


@pytest.mark.parametrize("framework", ["mlflow", "torchscript"])
async def test_a_model_that_no_engine_serves_is_not_deployed(ada: Person, framework: str) -> None:
    await make_version(ada, framework=framework)
    service = await ada.post(f"/projects/{ada.project_id}/services", {"name": f"s{ada.org_id.hex[-8:]}"})
    reply = await ada.http.post(f"/api/v1/services/{service['id']}/deployments", json={"model": "net"})
    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (422, "model")
