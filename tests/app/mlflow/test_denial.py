"""Every operation of MLflow's API without a credential, by who may too little, and about what is foreign."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from app.api import MLFLOW_ROUTERS
from app.auth.permissions import Action, KeyScope, Role
from app.kit.uuids import as_uuid
from app.permission_table import actions
from app.route import Route
from tests.fixtures.app import client
from tests.fixtures.auth import Person
from tests.fixtures.members import join

TAG = {"key": "a", "value": "1"}
METRIC = {"key": "loss", "value": 1.0, "timestamp": 1}
# What each asks about: a name in braces is of `things`. GET has it in its query.
ASKED: Mapping[str, dict[str, Any]] = {
    "POST /mlflow/experiments/create": {"name": "new"},
    "GET /mlflow/experiments/get": {"experiment_id": "{experiment}"},
    "GET /mlflow/experiments/get-by-name": {"experiment_name": "secret"},
    "POST /mlflow/experiments/search": {},
    "GET /mlflow/experiments/search": {},
    "POST /mlflow/experiments/update": {"experiment_id": "{experiment}", "new_name": "renamed"},
    "POST /mlflow/experiments/set-experiment-tag": {"experiment_id": "{experiment}", **TAG},
    "POST /mlflow/experiments/delete-experiment-tag": {"experiment_id": "{experiment}", "key": "secret"},
    "POST /mlflow/runs/create": {"experiment_id": "{experiment}"},
    "GET /mlflow/runs/get": {"run_id": "{run}"},
    "POST /mlflow/runs/update": {"run_id": "{run}", "status": "FINISHED"},
    "POST /mlflow/runs/search": {"experiment_ids": ["{experiment}"]},
    "POST /mlflow/runs/set-tag": {"run_id": "{run}", **TAG},
    "POST /mlflow/runs/delete-tag": {"run_id": "{run}", "key": "secret"},
    "POST /mlflow/runs/log-parameter": {"run_id": "{run}", "key": "p", "value": "1"},
    "POST /mlflow/runs/log-metric": {"run_id": "{run}", **METRIC},
    "POST /mlflow/runs/log-batch": {"run_id": "{run}", "metrics": [METRIC], "tags": [TAG]},
    "POST /mlflow/runs/log-inputs": {"run_id": "{run}", "models": [{"model_id": "{model}"}]},
    "POST /mlflow/runs/outputs": {"run_id": "{run}", "models": [{"model_id": "{model}"}]},
    "POST /mlflow/runs/log-model": {"run_id": "{run}", "model_json": '{"run_id": "x"}'},
    "GET /mlflow/metrics/get-history": {"run_id": "{run}", "metric_key": "loss"},
    "GET /mlflow/metrics/get-history-bulk-interval": {"run_ids": "{run}", "metric_key": "loss"},
    "GET /mlflow/artifacts/list": {"run_id": "{run}"},
    "GET /mlflow/logged-models/{model_id}/artifacts/directories": {},
    "GET /mlflow-artifacts/artifacts": {"path": "{experiment}/{run}/artifacts"},
    "GET /mlflow-artifacts/artifacts/{location:path}": {},
    "PUT /mlflow-artifacts/artifacts/{location:path}": {},
    "POST /mlflow-artifacts/mpu/{step}/{location:path}": {},
    "GET /mlflow-artifacts/presigned/{location:path}": {},
    "POST /mlflow/logged-models": {"experiment_id": "{experiment}", "source_run_id": "{run}"},
    "POST /mlflow/logged-models/search": {"experiment_ids": ["{experiment}"]},
    "GET /mlflow/logged-models/{model_id}": {},
    "PATCH /mlflow/logged-models/{model_id}": {"status": "LOGGED_MODEL_READY"},
    "PATCH /mlflow/logged-models/{model_id}/tags": {"tags": [TAG]},
    "DELETE /mlflow/logged-models/{model_id}/tags/{tag_key:path}": {},
    "POST /mlflow/logged-models/{model_id}/params": {"params": [TAG]},
    "POST /mlflow/registered-models/create": {"name": "another"},
    "GET /mlflow/registered-models/get": {"name": "secret"},
    "GET /mlflow/registered-models/search": {},
    "POST /mlflow/registered-models/rename": {"name": "secret", "new_name": "secret"},
    "PATCH /mlflow/registered-models/update": {"name": "secret", "description": "d"},
    "POST /mlflow/registered-models/get-latest-versions": {"name": "secret"},
    "GET /mlflow/registered-models/get-latest-versions": {"name": "secret"},
    "POST /mlflow/registered-models/set-tag": {"name": "secret", **TAG},
    "DELETE /mlflow/registered-models/delete-tag": {"name": "secret", "key": "a"},
    "POST /mlflow/registered-models/alias": {"name": "secret", "alias": "champion", "version": "1"},
    "GET /mlflow/registered-models/alias": {"name": "secret", "alias": "champion"},
    "DELETE /mlflow/registered-models/alias": {"name": "secret", "alias": "champion"},
    "POST /mlflow/model-versions/create": {"name": "secret", "source": "models:/{model}"},
    "GET /mlflow/model-versions/get": {"name": "secret", "version": "1"},
    "GET /mlflow/model-versions/get-download-uri": {"name": "secret", "version": "1"},
    "GET /mlflow/model-versions/search": {},
    "PATCH /mlflow/model-versions/update": {"name": "secret", "version": "1", "description": "d"},
    "POST /mlflow/model-versions/transition-stage": {"name": "secret", "version": "1", "stage": "Production"},
    "POST /mlflow/model-versions/set-tag": {"name": "secret", "version": "1", **TAG},
    "DELETE /mlflow/model-versions/delete-tag": {"name": "secret", "version": "1", "key": "a"},
    # What takes away comes last.
    "DELETE /mlflow-artifacts/artifacts/{location:path}": {},
    "DELETE /mlflow/model-versions/delete": {"name": "secret", "version": "1"},
    "DELETE /mlflow/registered-models/delete": {"name": "secret"},
    "DELETE /mlflow/logged-models/{model_id}": {},
    "POST /mlflow/runs/delete": {"run_id": "{run}"},
    "POST /mlflow/runs/restore": {"run_id": "{run}"},
    "POST /mlflow/experiments/delete": {"experiment_id": "{experiment}"},
    "POST /mlflow/experiments/restore": {"experiment_id": "{experiment}"},
}
OF_NOTHING = {
    "POST /mlflow/experiments/create",
    "POST /mlflow/registered-models/create",
    "POST /mlflow-artifacts/mpu/{step}/{location:path}",
    "GET /mlflow-artifacts/presigned/{location:path}",
}
"""Operations that name no thing that exists."""


def operations() -> Iterator[tuple[str, Action]]:
    for router in MLFLOW_ROUTERS:
        for route in router.routes:
            assert isinstance(route, Route)
            (action,) = actions(route.dependant)
            for method in route.methods:
                yield f"{method} {route.path}", action


ACTIONS = dict(operations())


async def things_of(person: Person) -> dict[str, str]:
    async def post(path: str, body: dict[str, Any]) -> Any:
        reply = await person.http.post(f"/api/2.0/mlflow{path}", json=body)
        assert reply.status_code == 200, reply.text
        return reply.json()

    experiment = (await post("/experiments/create", {"name": "secret", "tags": [{"key": "secret", "value": "1"}]}))[
        "experiment_id"
    ]
    tags = [{"key": "secret", "value": "1"}]
    run = (await post("/runs/create", {"experiment_id": experiment, "tags": tags}))["run"]["info"]["run_id"]
    await post("/runs/log-metric", {"run_id": run, **METRIC})
    logged = (await post("/logged-models", {"experiment_id": experiment, "source_run_id": run, "tags": [TAG]}))["model"]
    model = logged["info"]["model_id"]
    location = f"{experiment}/models/{model}/artifacts/MLmodel"
    stored = await person.http.put(f"/api/2.0/mlflow-artifacts/artifacts/{location}", content=b"flavors: {}")
    assert stored.status_code == 200, stored.text
    await post("/registered-models/create", {"name": "secret", "tags": [TAG]})
    version = {"name": "secret", "source": f"models:/{model}", "model_id": model, "tags": [TAG]}
    await post("/model-versions/create", version)
    await post("/registered-models/alias", {"name": "secret", "alias": "champion", "version": 1})
    return {"experiment": experiment, "run": run, "model": model, "location": location}


async def ask(asking: httpx.AsyncClient, operation: str, things: Mapping[str, str]) -> httpx.Response:
    method, _, path = operation.partition(" ")
    path = path.replace("{location:path}", things["location"]).replace("{tag_key:path}", "a")
    path = path.replace("{model_id}", things["model"]).replace("{step}", "create")
    told = _filled(ASKED[operation], things)
    given: dict[str, Any] = {"params": told} if method == "GET" else {"json": told}
    return await asking.request(method, f"/api/2.0{path}", **given)


def _filled(value: Any, things: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(part, things) for name, part in value.items()}
    if isinstance(value, list):
        return [_filled(part, things) for part in value]
    return value.format(**things) if isinstance(value, str) and value != '{"run_id": "x"}' else value


def hyphenated(key: str) -> str:
    """As errors of the services below say it."""
    found = as_uuid(key.removeprefix("m-"))
    return str(found) if found else key


def test_every_operation_is_asked() -> None:
    assert set(ASKED) == set(ACTIONS)


@pytest.mark.parametrize("token", [None, "nonsense", "trn_nonsense"])
async def test_without_a_credential(web_app: FastAPI, ada: Person, token: str | None) -> None:
    things = await things_of(ada)
    async with client(web_app, token) as asking:
        for operation in ASKED:
            reply = await ask(asking, operation, things)
            assert (reply.status_code, reply.json()["error_code"]) == (401, "UNAUTHENTICATED"), operation
            assert reply.headers["www-authenticate"] == "Bearer"


async def test_what_is_foreign_is_answered_like_what_is_not_there(ada: Person, bob: Person) -> None:
    theirs = await things_of(ada)
    key = uuid4().hex
    absent = {"experiment": key, "run": uuid4().hex, "model": f"m-{uuid4().hex}"}
    absent["location"] = f"{key}/models/{absent['model']}/artifacts/MLmodel"
    wrong = []
    for operation in ASKED:
        if operation in OF_NOTHING:
            continue
        told = []
        for things in (theirs, absent):
            reply = await ask(bob.http, operation, things)
            said = reply.text
            for value in things.values():
                said = said.replace(value, "…").replace(hyphenated(value), "…")
            told.append((reply.status_code, said))
        found = (
            told[0][0] == 200 and not any(value in told[0][1] for value in theirs.values()) and "search" in operation
        )
        empty = operation.endswith("get-history-bulk-interval") and told[0][1] == '{"metrics":[]}'
        if told[0] != told[1] or not (told[0][0] == 404 or found or empty):
            wrong.append(f"{operation}: {told}")
    assert wrong == []
    assert (await ada.http.get("/api/2.0/mlflow/runs/get", params={"run_id": theirs["run"]})).status_code == 200


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MEMBER])
async def test_by_a_lower_role(ada: Person, bob: Person, web_app: FastAPI, role: Role) -> None:
    things = await things_of(ada)
    await join(ada, bob, role)
    key = (
        (await bob.post("/api-keys", {"name": "key", "project": str(ada.project_id)}))["key"]
        if role is Role.MEMBER
        else None
    )
    wrong = []
    async with client(web_app, key or bob.token) as asking:
        for operation in ASKED:
            action = ACTIONS[operation]
            if operation in OF_NOTHING or (role is Role.VIEWER and "secret" in str(ASKED[operation])):
                continue  # A viewer of two organizations has no default project to look for a name in.
            if role is Role.VIEWER and operation.endswith("/search"):
                continue
            reply = await ask(asking, operation, things)
            refused = reply.status_code == 403
            if refused != (role is Role.VIEWER and action is not Action.READ) or reply.status_code == 500:
                wrong.append(f"{operation}: {reply.status_code} {reply.text}")
    assert wrong == []


@pytest.mark.parametrize("scope", [KeyScope.READ, KeyScope.INFERENCE])
async def test_by_a_key_for_something_else(ada: Person, web_app: FastAPI, scope: KeyScope) -> None:
    things = await things_of(ada)
    key = (await ada.api_key(scopes=[scope]))["key"]
    async with client(web_app, key) as asking:
        for operation in ASKED:
            action = ACTIONS[operation]
            reply = await ask(asking, operation, things)
            allowed = scope is KeyScope.READ and action is Action.READ
            refused = reply.status_code == 403 and reply.json()["error_code"] == "PERMISSION_DENIED"
            assert refused != allowed, f"{operation}: {reply.status_code} {reply.text}"
