"""Every operation without a valid credential, and with what belongs to another organization: nothing is told apart."""

import re
import secrets
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.auth.permissions import Role
from app.inference.gateway_app import build_gateway
from app.kit.db import CONTROLLER, Database
from app.kit.uuids import as_uuid
from tests.app.accounts.test_routes import until_refused
from tests.app.test_isolation import QUERIES, SHA, one_of_everything
from tests.app.test_permissions import STREAMS, WITHOUT_CREDENTIAL, WRITES
from tests.fixtures.app import client
from tests.fixtures.auth import Person
from tests.fixtures.factories import make_version
from tests.fixtures.members import join
from tests.fixtures.references import in_body, in_query, merged
from tests.fixtures.scheduling import TINY, Desk

SYNONYMS = {
    "artifact": "artifact_id",
    "weights": "deployment_id",
    "project_id": "project",
    "token": "invitation_id",
}
KINDS = ("anonymous", "nonsense", "tampered key", "tampered session", "revoked key", "expired key", "expired session")


def guarded(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Method and path of every operation that needs a credential."""
    for path, operations in app.openapi()["paths"].items():
        for method in operations:
            if f"{method.upper()} {path}".replace("{path}", "{path:path}") not in WITHOUT_CREDENTIAL:
                yield method, path


async def credential(kind: str, app: FastAPI, person: Person, database: Database) -> str | None:
    """One that was good, or looks like it."""
    if kind == "anonymous":
        return None
    if kind == "nonsense":
        return secrets.token_urlsafe(32)
    if kind == "tampered session":
        return _altered(person.token)
    if kind == "expired session":
        async with database.session(CONTROLLER) as session:
            statement = text("UPDATE sessions SET expires_at = now() - interval '1 second' WHERE user_id = :user")
            await session.execute(statement, {"user": person.user_id})
        app.state.platform.credentials.forget()
        return person.token
    made = await person.api_key()
    if kind == "tampered key":
        return _altered(made["key"])
    if kind == "revoked key":
        assert (await person.http.delete(f"/api/v1/api-keys/{made['id']}")).status_code == 204
        await until_refused(app, made["key"])
    if kind == "expired key":
        async with database.session(CONTROLLER) as session:
            statement = text("UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE id = :id")
            await session.execute(statement, {"id": made["id"]})
    key: str = made["key"]
    return key


def _altered(token: str) -> str:
    """Its last character but one: of the last some bits mean nothing."""
    return token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]


@pytest.mark.parametrize("kind", KINDS)
async def test_every_operation_without_a_valid_credential(
    web_app: FastAPI, ada: Person, desk: Desk, controller_database: Database, kind: str
) -> None:
    things = await one_of_everything(ada)
    token = await credential(kind, web_app, ada, controller_database)
    wrong: list[str] = []
    said: set[str] = set()
    asked = 0
    async with client(web_app, token) as asking:
        for method, path in guarded(web_app):
            operation = f"{method} {path.removeprefix('/api/v1')}"
            address = re.sub(r"\{(\w+)\}", lambda match: things[match[1]], path)
            reply = await asking.request(method, address, json=WRITES.get(operation), params=QUERIES.get(operation))
            asked += 1
            said.add(_without_request_id(reply))
            if reply.status_code != 401 or reply.headers["www-authenticate"] != "Bearer":
                wrong.append(f"{operation}: {reply.status_code}")
    assert wrong == []
    assert asked > 70
    assert len(said - {""}) == 1, "always the same words"


async def test_the_gateway_without_a_valid_credential(
    web_app: FastAPI, ada: Person, controller_database: Database
) -> None:
    app = build_gateway(web_app.state.platform.settings)
    async with app.router.lifespan_context(app):
        for kind in KINDS:
            token = await credential(kind, web_app, ada, controller_database)
            async with client(app, token) as asking:
                for method, path in guarded(app):
                    reply = await asking.request(method, path, json={"model": "x", "messages": [], "prompt": ""})
                    assert reply.status_code == 401, (kind, path)


async def test_what_is_foreign_is_answered_like_what_is_not_there(
    web_app: FastAPI, ada: Person, bob: Person, desk: Desk
) -> None:
    theirs = await one_of_everything(ada)
    plain = {"sha256": SHA, "alias": "champion", "version": "1", "path": "w", "number": "0"}
    absent = {name: str(uuid4()) for name in theirs} | plain
    wrong: list[str] = []
    for method, path in guarded(web_app):
        if "{" not in path:
            continue
        operation = f"{method} {path.removeprefix('/api/v1')}"
        answers = []
        for things in (theirs | {"path": "w"}, absent):
            address = re.sub(r"\{(\w+)\}", lambda match, things=things: things[match[1]], path)  # type: ignore[misc]
            body: Any = WRITES.get(operation)
            if body and body.get("project") == "{project}":
                body = body | {"project": things["project"]}
            reply = await bob.http.request(method, address, json=body, params=QUERIES.get(operation))
            answers.append((reply.status_code, _without(reply, things)))
        if answers[0] != answers[1] or answers[0][0] != 404:
            wrong.append(f"{operation}: {answers}")
    assert wrong == []


async def test_foreign_ids_in_queries_are_answered_like_absent_ones(
    web_app: FastAPI, ada: Person, bob: Person, desk: Desk
) -> None:
    theirs, mine = await one_of_everything(ada), await one_of_everything(bob)
    tried: set[str] = set()
    wrong: list[str] = []
    for method, path, operation, body in asked(web_app, mine):
        for name in in_query(operation):
            answers = []
            for value in foreign_and_absent(name, theirs):
                query = {each: told.format(**mine) for each, told in QUERIES.get(f"{method} {path}", {}).items()}
                reply = await bob.http.request(method, address(path, mine), json=body, params=query | {name: value})
                answers.append((reply.status_code, _without(reply, {name: value})))
            tried.add(f"{method} {path} {name}")
            if answers[0] != answers[1] or any(each in answers[0][1] for each in theirs.values() if len(each) == 36):
                wrong.append(f"{method} {path}?{name}: {answers}")
    assert wrong == []
    assert tried >= {
        "get /workloads project_id",
        "get /workloads:count project_id",
        "get /events/history subject_id",
        "get /projects/{project}/runs experiment_id",
        "get /runs/{run_id}/logs after",
        "get /orgs/{org}/usage project",
    }


async def test_foreign_ids_in_bodies_are_answered_like_absent_ones(
    web_app: FastAPI, ada: Person, bob: Person, desk: Desk
) -> None:
    theirs, mine = await one_of_everything(ada), await one_of_everything(bob)
    secret = (await make_version(ada, model="secret-net"))["model"]["name"]
    document = web_app.openapi()
    tried: set[str] = set()
    wrong: list[str] = []
    for method, path, operation, body in asked(web_app, mine):
        for reference in in_body(operation, document):
            answers = []
            for value in foreign_and_absent(reference.name, theirs | {"model": secret}):
                named = merged(body, reference.body(value))
                if named is None:
                    continue
                reply = await bob.http.request(method, address(path, mine), json=named)
                assert "there is no such field" not in reply.text, reply.text
                answers.append((reply.status_code, _without(reply, {reference.field: value})))
                tried.add(f"{method} {path} {reference.field}")
            if answers and (answers[0] != answers[1] or answers[0][0] not in {404, 422}):
                wrong.append(f"{method} {path} {reference.field}: {answers}")
    assert wrong == []
    assert tried >= {
        "post /models/{model_id}/versions artifact_id",
        "post /api-keys project",
        "post /service-accounts/{account_id}/keys project",
        "post /projects/{project}/training-jobs data.artifact",
        "post /projects/{project}/studies base.data.artifact",
        "post /projects/{project}/simulations policy.model",
        "post /services/{service_id}/deployments model",
        "put /services/{service_id}/traffic weights",
        "put /orgs/{org}/quota user_id",
        "put /orgs/{org}/quota project",
        "post /invitations:accept token",
    }


def asked(app: FastAPI, things: dict[str, str]) -> Iterator[tuple[str, str, Any, Any]]:
    """Method, path, description and a body of every operation that answers at once."""
    for path, operations in app.openapi()["paths"].items():
        short = path.removeprefix("/api/v1")
        for method, operation in operations.items():
            named = f"{method} {short}"
            if named in STREAMS or f"{method.upper()} {path}".replace("{path}", "{path:path}") in WITHOUT_CREDENTIAL:
                continue
            body: Any = WRITES.get(named)
            if body and body.get("project") == "{project}":
                body = body | {"project": things["project"]}
            yield method, short, operation, body


def address(path: str, things: dict[str, str]) -> str:
    prefix = "" if path.startswith("/v2") else "/api/v1"
    return prefix + re.sub(r"\{(\w+)\}", lambda match: things[match[1]], path)


def foreign_and_absent(name: str, theirs: dict[str, str]) -> tuple[str, str]:
    """The absent key is the foreign one's neighbour, so that nothing of one's own lies between them."""
    foreign = theirs.get(name) or theirs[SYNONYMS.get(name, "run_id")]
    key = as_uuid(foreign)
    return foreign, str(UUID(int=key.int ^ 1)) if key else f"no-{foreign}"


async def test_a_member_of_two_organizations_mixes_nothing(ada: Person, bob: Person, desk: Desk) -> None:
    """Who may read a thing of the one may not write it into the other by having both."""
    theirs, mine = await one_of_everything(ada), await one_of_everything(bob)
    await join(ada, bob, Role.VIEWER)
    assert (await bob.http.get(f"/api/v1/artifacts/{theirs['artifact_id']}")).status_code == 200
    job = await bob.http.post(f"/api/v1/projects/{theirs['project']}/training-jobs", json=TINY)
    assert job.status_code == 403
    key = await bob.http.post(
        f"/api/v1/service-accounts/{mine['account_id']}/keys", json={"name": "k", "project": theirs["project"]}
    )
    assert key.status_code in {403, 404}
    version = await bob.http.post(
        f"/api/v1/models/{mine['model_id']}/versions", json={"artifact_id": theirs["artifact_id"]}
    )
    assert version.status_code in {404, 422}, version.text


def _without(reply: httpx.Response, things: dict[str, str]) -> str:
    """What is said, but the names that the request itself brought."""
    said = _without_request_id(reply)
    for value in sorted(things.values(), key=len, reverse=True):
        said = said.replace(value, "…")
    return said


def _without_request_id(reply: httpx.Response) -> str:
    return reply.text.replace(reply.headers.get("x-request-id", "no id"), "…")
