import datetime

from fastapi import FastAPI

from app.auth.permissions import Role
from app.kit.clock import now
from tests.app.accounts.test_routes import until_refused
from tests.fixtures.app import client
from tests.fixtures.auth import Person
from tests.fixtures.members import join


async def make(person: Person, name: str = "robot", role: Role = Role.MEMBER) -> tuple[str, str]:
    """Identifier of the account, and a key of it."""
    account = await person.post(f"/orgs/{person.org}/service-accounts", {"name": name, "role": role})
    key = await person.post(f"/service-accounts/{account['id']}/keys", {"name": "k", "project": str(person.project_id)})
    return account["id"], key["key"]


async def test_a_service_account_works_by_its_key(web_app: FastAPI, ada: Person) -> None:
    account_id, key = await make(ada)
    async with client(web_app, key) as asking:
        me = (await asking.get("/api/v1/auth/me")).json()
        assert (me["user"]["id"], me["user"]["name"]) == (account_id, "robot")
        assert me["default_project_id"] == str(ada.project_id)
        made = await asking.post(f"/api/v1/projects/{ada.project_id}/experiments", json={"name": "by robot"})
        assert made.status_code == 201
        run = await asking.post(f"/api/v1/experiments/{made.json()['id']}/runs", json={"name": "r"})
        assert run.status_code == 201
        assert (await asking.post("/api/v1/auth/logout")).status_code == 422
        for path, body in (
            (f"/orgs/{ada.org}/projects", {"slug": "more", "name": "More"}),
            (f"/orgs/{ada.org}/invitations", {"email": "x@example.org"}),
            ("/api-keys", {"name": "k", "project": str(ada.project_id)}),
        ):
            assert (await asking.post(f"/api/v1{path}", json=body)).status_code == 403, path
    events = (await ada.get("/events/history"))["items"]
    assert {"service_account.created", "api_key.created"} <= {event["action"] for event in events}
    (listed,) = await ada.listed(f"/orgs/{ada.org}/service-accounts")
    assert (listed["id"], listed["role"]) == (account_id, "member")


async def test_a_removed_account_has_no_key_that_works(web_app: FastAPI, ada: Person) -> None:
    account_id, key = await make(ada)
    async with client(web_app, key) as asking:
        assert (await asking.get("/api/v1/projects")).status_code == 200
    assert (await ada.http.delete(f"/api/v1/service-accounts/{account_id}")).status_code == 204
    assert (await until_refused(web_app, key)).status_code == 401
    assert await ada.listed(f"/orgs/{ada.org}/service-accounts") == []
    await make(ada)


async def test_one_key_of_an_account_is_revoked(web_app: FastAPI, ada: Person) -> None:
    account_id, key = await make(ada)
    (listed,) = await ada.listed(f"/service-accounts/{account_id}/keys")
    assert "key" not in listed
    assert await ada.listed("/api-keys") == [], "nobody's own"
    assert (await ada.http.delete(f"/api/v1/api-keys/{listed['id']}")).status_code == 404
    address = f"/api/v1/service-accounts/{account_id}/keys/{listed['id']}"
    assert (await ada.http.delete(address)).status_code == 204
    assert (await until_refused(web_app, key)).status_code == 401
    assert (await ada.http.delete(address)).status_code == 404, "revoked once"


async def test_a_name_is_taken_once(ada: Person) -> None:
    await make(ada)
    reply = await ada.http.post(f"/api/v1/orgs/{ada.org}/service-accounts", json={"name": "robot"})
    assert (reply.status_code, reply.json()["code"]) == (409, "conflict")


async def test_nobody_makes_or_uses_an_account_above_themselves(web_app: FastAPI, ada: Person, bob: Person) -> None:
    owners = await ada.http.post(f"/api/v1/orgs/{ada.org}/service-accounts", json={"name": "o", "role": "owner"})
    assert owners.status_code == 422
    account_id, key = await make(ada, role=Role.ADMIN)
    async with client(web_app, key) as asking:
        body = {"email": "x@example.org", "role": "owner"}
        assert (await asking.post(f"/api/v1/orgs/{ada.org}/invitations", json=body)).status_code == 403
        invited = await asking.post(f"/api/v1/orgs/{ada.org}/invitations", json=body | {"role": "admin"})
        assert invited.status_code == 201
    assert (await ada.http.delete(f"/api/v1/service-accounts/{account_id}")).status_code == 204
    (invitation,) = (await ada.get(f"/orgs/{ada.org}/invitations"))["items"]
    assert invitation["revoked_at"], "what it gave goes with it"
    await join(ada, bob, Role.MEMBER)
    mine = await bob.http.get(f"/api/v1/service-accounts/{account_id}/keys")
    assert mine.status_code == 404


async def test_scopes_narrow_a_key_and_its_use_is_noted(web_app: FastAPI, ada: Person) -> None:
    made = await ada.api_key(scopes=["read", "read"])
    assert (made["scopes"], made["last_used_at"]) == (["read"], None)
    async with client(web_app, made["key"]) as asking:
        assert (await asking.get("/api/v1/projects")).status_code == 200
        reply = await asking.post(f"/api/v1/projects/{ada.project_id}/experiments", json={"name": "x"})
    assert (reply.status_code, reply.json()["code"]) == (403, "insufficient_scope")
    (listed,) = await ada.listed("/api-keys")
    assert listed["last_used_at"]
    body = {"name": "k", "project": str(ada.project_id), "scopes": ["everything"]}
    assert (await ada.http.post("/api/v1/api-keys", json=body)).status_code == 422


async def test_a_key_makes_none_that_outlives_it(web_app: FastAPI, ada: Person) -> None:
    end = now() + datetime.timedelta(hours=1)
    made = await ada.api_key(expires_at=end.isoformat())
    body = {"name": "k", "project": str(ada.project_id)}
    later = (end + datetime.timedelta(seconds=1)).isoformat()
    async with client(web_app, made["key"]) as asking:
        for expiry in ({}, {"expires_at": later}):
            assert (await asking.post("/api/v1/api-keys", json=body | expiry)).status_code == 403
        within = await asking.post("/api/v1/api-keys", json=body | {"expires_at": end.isoformat()})
    assert within.status_code == 201
