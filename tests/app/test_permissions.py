"""Who may do what: the table, that every route names its action, and every operation by a role that is too low."""

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from app.auth.permissions import ALLOWED, COVERED, Action, KeyScope, Role, allows, covers, outranks
from app.permission_table import actions, is_open, operations, render
from tests.app.test_isolation import BODIES, QUERIES, one_of_everything
from tests.fixtures.app import client
from tests.fixtures.auth import Person
from tests.fixtures.members import join
from tests.fixtures.scheduling import TINY, Desk

ROOT = Path(__file__).parents[2]
WITHOUT_CREDENTIAL = {
    "POST /api/v1/auth/register",
    "POST /api/v1/auth/login",
    "POST /api/v1/auth/password:reset",
    "GET /api/v1/auth/providers",
    "GET /api/v1/auth/providers/{provider}/callback",
    "POST /api/v1/auth/providers/{provider}:sign-in",
    "POST /api/v1/enrolments",
    "GET /api/v1/links/{org_id}/{artifact_id}/{path:path}",
    "HEAD /api/v1/links/{org_id}/{artifact_id}/{path:path}",
    "GET /healthz",
    "GET /readyz",
    "GET /v1/healthz",
    "GET /v1/readyz",
}
OF_ONESELF = {
    "POST /api/v1/auth/logout",
    "GET /api/v1/auth/me",
    "PATCH /api/v1/auth/me",
    "GET /api/v1/auth/sessions",
    "DELETE /api/v1/auth/sessions/{session_id}",
    "POST /api/v1/auth/sessions:revoke-others",
    "POST /api/v1/auth/sessions:renew",
    "POST /api/v1/auth/password",
    "GET /api/v1/auth/second-factor",
    "POST /api/v1/auth/second-factor",
    "POST /api/v1/auth/second-factor:confirm",
    "POST /api/v1/auth/second-factor:verify",
    "POST /api/v1/auth/second-factor:remove",
    "GET /api/v1/auth/identities",
    "DELETE /api/v1/auth/identities/{identity_id}",
    "POST /api/v1/auth/providers/{provider}:link",
    "DELETE /api/v1/api-keys/{key_id}",
    "POST /api/v1/invitations:accept",
}
"""Everybody who is signed in, whatever their roles are: about one's own account, and of no organization."""
STREAMS = {"get /events", "get /training-jobs/{job_id}/logs", "get /runs/{run_id}/metrics:stream"}
"""They go on until the reader leaves."""
WRITES = BODIES | {
    "post /api-keys": {"name": "key", "project": "{project}"},
    "post /orgs/{org}/invitations": {"email": "somebody@example.org"},
    "patch /orgs/{org}/members/{user_id}": {"role": "viewer"},
    "post /orgs/{org}/service-accounts": {"name": "another"},
    "post /service-accounts/{account_id}/keys": {"name": "key", "project": "{project}"},
    "post /projects/{project}/training-jobs": TINY,
}
LOOKS = {Action.READ, Action.CALL, Action.MANAGE, Action.MEMBERS, Action.ADMINISTER}
"""What a GET may be named. `MANAGE`: webhooks, whose addresses may hold what opens them."""


def test_every_route_names_its_action() -> None:
    asked = 0
    for operation, route in operations():
        named = actions(route.dependant)
        asked += 1
        if operation in WITHOUT_CREDENTIAL:
            assert is_open(route.dependant)
            continue
        assert not is_open(route.dependant), operation
        assert len(named) == (0 if operation in OF_ONESELF else 1), f"{operation} names {named}"
        assert not operation.startswith("GET") or named <= LOOKS
    assert asked > 60


def test_the_docs_say_what_the_code_says() -> None:
    written = (ROOT / "docs/notes/permissions.md").read_text()
    assert written == render(), "run `python -m app.permission_table > docs/notes/permissions.md`"


def test_what_is_not_in_the_table_is_denied() -> None:
    assert set(ALLOWED) == set(Action)
    assert set(COVERED) == set(KeyScope)
    assert not any(allows(role, "launder") for role in Role)  # type: ignore[arg-type]
    assert [action for action in Action if allows(Role.VIEWER, action)] == [Action.READ]
    assert [action for action in Action if allows(Role.WORKER, action)] == [Action.REPORT]
    for lower, higher in ((Role.VIEWER, Role.MEMBER), (Role.MEMBER, Role.ADMIN), (Role.ADMIN, Role.OWNER)):
        assert all(allows(higher, action) for action in Action if allows(lower, action))
        assert outranks(higher, lower)
        assert outranks(lower, lower)
        assert not outranks(lower, higher)
    assert not outranks(Role.OWNER, Role.WORKER)


def test_a_key_without_scopes_has_every_action() -> None:
    assert all(covers((), action) for action in Action)
    assert not covers({KeyScope.READ}, Action.CALL)
    assert covers({KeyScope.READ, KeyScope.INFERENCE}, Action.CALL)


def in_openapi(operation: str) -> str:
    """`post /projects/{project}/runs:search` of `POST /api/v1/projects/{project}/runs:search`."""
    method, _, path = operation.partition(" ")
    return f"{method.lower()} {path.removeprefix('/api/v1').replace(':path}', '}')}"


NAMED = {in_openapi(operation): actions(route.dependant) for operation, route in operations()}
"""What each operation is for: some POSTs only read."""


async def ask_everything(
    app: FastAPI, person: Person, things: dict[str, str], token: str | None = None
) -> dict[str, tuple[int, str]]:
    """Status and code of every operation but those of oneself and those without a credential."""
    answers: dict[str, tuple[int, str]] = {}
    async with client(app, token or person.token) as asking:
        for method, path in _deletions_last(app):
            operation = f"{method} {path.removeprefix('/api/v1')}"
            name = f"{method.upper()} {path}".replace("{path}", "{path:path}")
            if operation in STREAMS or name in WITHOUT_CREDENTIAL | OF_ONESELF or " /admin/" in operation:
                continue  # What is the platform's is asked by tests/app/admin.
            address = re.sub(r"\{(\w+)\}", lambda match: things[match[1]], path)
            body: Any = WRITES.get(operation)
            if body and body.get("project") == "{project}":
                body = body | {"project": things["project"]}
            query = {name: value.format(**things) for name, value in QUERIES.get(operation, {}).items()}
            reply = await asking.request(method, address, json=body, params=query)
            said = reply.json() if "problem" in reply.headers.get("content-type", "") and reply.content else {}
            answers[operation] = (reply.status_code, said.get("code", ""))
    return answers


def _deletions_last(app: FastAPI) -> list[tuple[str, str]]:
    """Method and path; what others ask about is still there, and a project goes after all that is in it."""
    found = [(method, path) for path, operations in app.openapi()["paths"].items() for method in operations]
    return sorted(found, key=lambda each: (each[0] == "delete", each[1] == "/api/v1/projects/{project}"))


MANAGED = re.compile(
    r"(post /orgs/\{org\}/projects|.* /orgs/\{org\}/invitations.*|(patch|delete) /orgs/\{org\}/members.*"
    r"|(post|delete) /(orgs/\{org\}/)?service-accounts.*|get /service-accounts/.*"
    r"|get /events:export|(put|delete) /projects/\{project\}/(access|members/.*)"
    r"|(patch|delete) /projects/\{project\}$|post /projects/\{project\}:undelete|(put|delete) .*/gates/.*"
    r"|(post|delete) .*/approvals.*|(get|post|patch|delete) (/projects/\{project\})?/webhooks.*"
    r"|put /orgs/\{org\}/(quota|second-factor)"
    r"|put /projects/\{project\}/retention|post /projects/\{project\}/retention:preview)"
)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MEMBER])
async def test_every_operation_by_a_lower_role(
    web_app: FastAPI, ada: Person, bob: Person, desk: Desk, role: Role
) -> None:
    things = await one_of_everything(ada)
    await join(ada, bob, role)
    wrong: list[str] = []
    refused = 0
    for operation, (status, code) in (await ask_everything(web_app, bob, things)).items():
        reads = NAMED[operation] == {Action.READ}
        allowed = reads or (role is Role.MEMBER and not MANAGED.match(operation))
        refused += status == 403
        if allowed == (status == 403) or (not allowed and code not in {"forbidden", ""}) or status in {401, 500}:
            wrong.append(f"{operation}: {status} {code}")
    assert wrong == []
    assert refused >= (35 if role is Role.VIEWER else 9)


@pytest.mark.parametrize("scope", [KeyScope.READ, KeyScope.INFERENCE])
async def test_every_operation_by_a_key_for_something_else(
    web_app: FastAPI, ada: Person, desk: Desk, scope: KeyScope
) -> None:
    things = await one_of_everything(ada)
    key = (await ada.api_key(scopes=[scope]))["key"]
    wrong: list[str] = []
    for operation, (status, code) in (await ask_everything(web_app, ada, things, key)).items():
        reads = NAMED[operation] == {Action.READ}
        allowed = reads if scope is KeyScope.READ else operation == "post /v2/models/{name}/infer"
        if allowed == (status == 403 and code in {"insufficient_scope", ""}) or status in {401, 500}:
            wrong.append(f"{operation}: {status} {code}")
    assert wrong == []
