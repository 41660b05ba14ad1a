import asyncio

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.auth.permissions import Role
from app.kit.db import CONTROLLER, Database
from tests.app.accounts.test_routes import until_refused
from tests.fixtures.app import client
from tests.fixtures.auth import Person, Register
from tests.fixtures.members import join


async def roles(person: Person) -> dict[str, str]:
    return {member["email"]: member["role"] for member in await person.listed(f"/orgs/{person.org_id}/members")}


async def set_role(chief: Person, org: Person, member: Person, role: Role) -> httpx.Response:
    return await chief.http.patch(f"/api/v1/orgs/{org.org}/members/{member.user_id}", json={"role": role})


async def remove(chief: Person, org: Person, member: Person) -> httpx.Response:
    return await chief.http.delete(f"/api/v1/orgs/{org.org}/members/{member.user_id}")


async def actions_of(person: Person) -> set[str]:
    return {event["action"] for event in (await person.get("/events/history"))["items"]}


async def test_an_invited_person_joins(ada: Person, bob: Person, controller_database: Database) -> None:
    made = await ada.post(f"/orgs/{ada.org}/invitations", {"email": bob.email.upper(), "role": "admin"})
    (listed,) = (await ada.get(f"/orgs/{ada.org}/invitations"))["items"]
    assert listed["role"] == "admin"
    assert "token" not in listed
    async with controller_database.session(CONTROLLER) as session:
        row = (await session.execute(text("SELECT * FROM invitations WHERE id = :id"), {"id": made["id"]})).one()
    assert made["token"] not in str(row)
    joined = await bob.post("/invitations:accept", {"token": made["token"]})
    assert joined["id"] == str(ada.org_id)
    assert await roles(ada) == {ada.email: "owner", bob.email: "admin"}
    async with asyncio.timeout(5):
        while {org["id"] for org in await bob.listed("/orgs")} != {str(ada.org_id), str(bob.org_id)}:
            continue
    assert {"invitation.created", "invitation.accepted"} <= await actions_of(ada)


async def test_an_invitation_is_accepted_once_and_by_whom_it_names(
    ada: Person, bob: Person, register: Register
) -> None:
    made = await ada.post(f"/orgs/{ada.org}/invitations", {"email": bob.email})
    stranger = await register()
    refused = await stranger.http.post("/api/v1/invitations:accept", json={"token": made["token"]})
    unknown = await stranger.http.post("/api/v1/invitations:accept", json={"token": "tri_nonsense"})
    assert refused.status_code == unknown.status_code == 404
    assert refused.json() == unknown.json(), "nobody learns whether the invitation exists"
    await bob.post("/invitations:accept", {"token": made["token"]})
    again = await bob.http.post("/api/v1/invitations:accept", json={"token": made["token"]})
    assert again.status_code == 404
    other = await ada.post(f"/orgs/{ada.org}/invitations", {"email": bob.email})
    member = await bob.http.post("/api/v1/invitations:accept", json={"token": other["token"]})
    assert (member.status_code, member.json()["code"]) == (409, "already_member")


async def test_an_invitation_ends(ada: Person, bob: Person, controller_database: Database) -> None:
    revoked = await ada.post(f"/orgs/{ada.org}/invitations", {"email": bob.email})
    address = f"/api/v1/orgs/{ada.org}/invitations/{revoked['id']}"
    assert (await ada.http.delete(address)).status_code == 204
    assert (await ada.http.delete(address)).status_code == 404, "revoked once"
    expired = await ada.post(f"/orgs/{ada.org}/invitations", {"email": bob.email})
    async with controller_database.session(CONTROLLER) as session:
        statement = text("UPDATE invitations SET expires_at = now() - interval '1 second' WHERE id = :id")
        await session.execute(statement, {"id": expired["id"]})
    for made in (revoked, expired):
        reply = await bob.http.post("/api/v1/invitations:accept", json={"token": made["token"]})
        assert reply.status_code == 404
    assert await roles(ada) == {ada.email: "owner"}


async def test_a_key_accepts_no_invitation(web_app: FastAPI, ada: Person, bob: Person) -> None:
    made = await ada.post(f"/orgs/{ada.org}/invitations", {"email": bob.email})
    async with client(web_app, (await bob.api_key())["key"]) as asking:
        reply = await asking.post("/api/v1/invitations:accept", json={"token": made["token"]})
    assert (reply.status_code, reply.json()["code"]) == (403, "forbidden")


async def test_nobody_gives_or_touches_a_role_above_their_own(ada: Person, bob: Person, register: Register) -> None:
    await join(ada, bob, Role.ADMIN)
    carol = await register()
    await join(ada, carol, Role.MEMBER)
    body = {"email": "x@example.org", "role": "owner"}
    assert (await bob.http.post(f"/api/v1/orgs/{ada.org}/invitations", json=body)).status_code == 403
    assert (await set_role(bob, ada, carol, Role.OWNER)).status_code == 403
    assert (await set_role(bob, ada, bob, Role.OWNER)).status_code == 403
    assert (await set_role(bob, ada, ada, Role.VIEWER)).status_code == 403
    assert (await remove(bob, ada, ada)).status_code == 403
    assert (await set_role(bob, ada, carol, Role.ADMIN)).json()["role"] == "admin"
    assert (await set_role(ada, ada, carol, Role.OWNER)).json()["role"] == "owner"
    assert "member.role_changed" in await actions_of(ada)


async def test_the_last_owner_stays(ada: Person, bob: Person) -> None:
    for reply in (await remove(ada, ada, ada), await set_role(ada, ada, ada, Role.MEMBER)):
        assert (reply.status_code, reply.json()["code"]) == (409, "last_owner")
    await join(ada, bob, Role.OWNER)
    assert (await remove(ada, ada, ada)).status_code == 204
    assert (await remove(bob, ada, bob)).json()["code"] == "last_owner"


async def test_a_role_that_is_taken_away_is_gone_at_once(ada: Person, bob: Person) -> None:
    await join(ada, bob, Role.ADMIN)
    made = await bob.post(f"/orgs/{ada.org}/invitations", {"email": "friend@example.org"})
    assert (await set_role(ada, ada, bob, Role.VIEWER)).status_code == 200
    async with asyncio.timeout(5):
        while (await bob.http.get(f"/api/v1/orgs/{ada.org}/invitations")).status_code != 403:
            continue
    reply = await bob.http.post(f"/api/v1/orgs/{ada.org}/projects", json={"slug": "late", "name": "Late"})
    assert reply.status_code == 403
    (listed,) = [row for row in (await ada.get(f"/orgs/{ada.org}/invitations"))["items"] if row["id"] == made["id"]]
    assert listed["revoked_at"], "nor does what they could give live on"


async def test_who_is_removed_has_neither_session_nor_key_there(web_app: FastAPI, ada: Person, bob: Person) -> None:
    await join(ada, bob, Role.MEMBER)
    key = (await bob.post("/api-keys", {"name": "k", "project": str(ada.project_id)}))["key"]
    own = (await bob.api_key())["key"]
    async with client(web_app, key) as asking:
        assert (await asking.get(f"/api/v1/projects/{ada.project_id}")).status_code == 200
    assert (await remove(ada, ada, bob)).status_code == 204
    assert (await until_refused(web_app, key)).status_code == 401
    await until_forgotten(bob, ada)
    assert (await bob.http.get(f"/api/v1/projects/{ada.project_id}")).status_code == 404
    async with client(web_app, own) as asking:
        assert (await asking.get("/api/v1/auth/me")).status_code == 200, "of their own organization"
    await join(ada, bob, Role.MEMBER)
    assert (await until_refused(web_app, key)).status_code == 401, "and comes not back with them"
    assert "member.removed" in await actions_of(ada)


async def test_a_stream_ends_with_the_membership(served: str, ada: Person, bob: Person) -> None:
    await join(ada, bob, Role.MEMBER)
    told: list[str] = []
    async with (
        httpx.AsyncClient(base_url=served, headers=bob.headers, timeout=20, trust_env=False) as reading,
        reading.stream("GET", "/api/v1/events") as stream,
    ):
        lines = stream.aiter_lines()
        await ada.post(f"/orgs/{ada.org}/projects", {"slug": "earlier", "name": "Earlier"})
        async for line in lines:
            told.append(line)
            if "project.created" in line:
                break
        assert (await remove(ada, ada, bob)).status_code == 204
        await until_forgotten(bob, ada)
        await ada.post(f"/orgs/{ada.org}/projects", {"slug": "later", "name": "Later"})
        await bob.post(f"/orgs/{bob.org}/projects", {"slug": "own", "name": "Own"})
        told += [line async for line in lines]
    assert any("earlier" in line for line in told)
    assert not any("later" in line for line in told)


async def until_forgotten(person: Person, org: Person) -> None:
    async with asyncio.timeout(5):
        while (await person.http.get(f"/api/v1/orgs/{org.org}")).status_code != 404:
            continue


async def test_everybody_may_leave(ada: Person, bob: Person) -> None:
    await join(ada, bob, Role.VIEWER)
    assert (await remove(bob, ada, ada)).status_code == 403
    assert (await remove(bob, ada, bob)).status_code == 204
    await until_forgotten(bob, ada)


@pytest.mark.parametrize("role", ["worker", "king", None])
async def test_only_the_roles_of_an_organization_are_given(ada: Person, role: str | None) -> None:
    reply = await ada.http.patch(f"/api/v1/orgs/{ada.org}/members/{ada.user_id}", json={"role": role})
    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (422, "role")
