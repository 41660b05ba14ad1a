"""New passwords by a link of the administrator's, and passwords that run out."""

from datetime import timedelta

import httpx
import psycopg
import pytest
from sqlalchemy import text

from app.kit.clock import now
from app.kit.db import Database
from app.migrations.administrator import appoint, limit_password
from tests.app.accounts.test_second_factor import enabled, log_in
from tests.fixtures.auth import PASSWORD, Person
from tests.fixtures.db import Prepared

NEW = "nine lazy otters juggle brass lamps"
HERE = "/api/v1/auth/password:reset"


async def issue(root: Person, person: Person) -> str:
    token: str = (await root.post(f"/admin/users/{person.user_id}:reset-password"))["token"]
    return token


async def test_a_link_gives_a_new_password_once(root: Person, ada: Person, anonymous: httpx.AsyncClient) -> None:
    token = await issue(root, ada)
    done = await anonymous.post(HERE, json={"token": token, "new_password": NEW})
    assert done.status_code == 204
    assert (await ada.http.get("/api/v1/auth/me")).status_code == 401
    assert (await log_in(anonymous, ada, password=PASSWORD)).status_code == 401
    assert (await log_in(anonymous, ada, password=NEW)).status_code == 200
    used = await anonymous.post(HERE, json={"token": token, "new_password": PASSWORD})
    assert (used.status_code, used.json()["code"]) == (404, "not_found")


async def test_a_weak_password_does_not_use_the_link_up(
    root: Person, ada: Person, anonymous: httpx.AsyncClient
) -> None:
    token = await issue(root, ada)
    weak = await anonymous.post(HERE, json={"token": token, "new_password": "passwordpassword"})
    assert (weak.status_code, weak.json()["code"]) == (422, "weak_password")
    assert weak.json()["errors"][0]["field"] == "new_password"
    assert (await anonymous.post(HERE, json={"token": token, "new_password": NEW})).status_code == 204


async def test_the_last_link_alone_is_good(root: Person, ada: Person, anonymous: httpx.AsyncClient) -> None:
    first, second = await issue(root, ada), await issue(root, ada)
    assert (await anonymous.post(HERE, json={"token": first, "new_password": NEW})).status_code == 404
    assert (await anonymous.post(HERE, json={"token": second, "new_password": NEW})).status_code == 204


async def test_a_link_runs_out(root: Person, ada: Person, anonymous: httpx.AsyncClient, prepared: Prepared) -> None:
    token = await issue(root, ada)
    owner = Database(prepared.owner_url, pool_size=1)
    try:
        async with owner.session() as session:
            await session.execute(text("ALTER TABLE password_resets NO FORCE ROW LEVEL SECURITY"))
            await session.execute(
                text("UPDATE password_resets SET expires_at = now() WHERE user_id = :id"), {"id": ada.user_id}
            )
            await session.execute(text("ALTER TABLE password_resets FORCE ROW LEVEL SECURITY"))
    finally:
        await owner.close()
    assert (await anonymous.post(HERE, json={"token": token, "new_password": NEW})).status_code == 404


async def test_only_an_administrator_issues_one(ada: Person, bob: Person) -> None:
    for person in (ada, bob):
        refused = await ada.http.post(f"/api/v1/admin/users/{person.user_id}:reset-password")
        assert refused.status_code == 404


async def test_it_is_written_down_without_the_token(root: Person, ada: Person) -> None:
    token = await issue(root, ada)
    events = (await root.get("/admin/events", params={"action": "password.reset_issued"}))["items"]
    assert events[0]["subject_id"] == str(ada.user_id)
    assert events[0]["actor_id"] == str(root.user_id)
    assert token not in str(events)


async def test_an_administrator_takes_a_lost_second_factor_away(
    root: Person, ada: Person, anonymous: httpx.AsyncClient
) -> None:
    await enabled(ada)
    assert (await log_in(anonymous, ada, password=PASSWORD)).json()["code"] == "second_factor_required"
    await root.post(f"/admin/users/{ada.user_id}:remove-second-factor")
    assert (await log_in(anonymous, ada, password=PASSWORD)).status_code == 200


async def test_a_password_that_was_made_for_somebody_runs_out(
    root: Person, ada: Person, anonymous: httpx.AsyncClient, prepared: Prepared
) -> None:
    assert limit_password(prepared.owner_url, ada.email, until=now() + timedelta(hours=1))
    assert (await log_in(anonymous, ada, password=PASSWORD)).status_code == 200
    limit_password(prepared.owner_url, ada.email, until=now())
    expired = await log_in(anonymous, ada, password=PASSWORD)
    assert (expired.status_code, expired.json()["code"]) == (401, "password_expired")
    wrong = await log_in(anonymous, ada, password="some other password")
    assert wrong.json()["code"] == "unauthenticated"
    token = await issue(root, ada)
    assert (await anonymous.post(HERE, json={"token": token, "new_password": NEW})).status_code == 204
    assert (await log_in(anonymous, ada, password=NEW)).status_code == 200


async def test_a_new_password_does_not_step_over_the_second_factor(
    root: Person, ada: Person, anonymous: httpx.AsyncClient
) -> None:
    _, codes = await enabled(ada)
    token = await issue(root, ada)
    assert (await anonymous.post(HERE, json={"token": token, "new_password": NEW})).status_code == 204
    assert (await log_in(anonymous, ada, password=NEW)).json()["code"] == "second_factor_required"
    body = {"email": ada.email, "password": NEW, "code": codes[0]}
    assert (await anonymous.post("/api/v1/auth/login", json=body)).status_code == 200


async def test_a_password_that_a_person_chose_does_not_run_out(
    ada: Person, anonymous: httpx.AsyncClient, prepared: Prepared
) -> None:
    limit_password(prepared.owner_url, ada.email, until=now() + timedelta(hours=1))
    await ada.post("/auth/password", {"current_password": PASSWORD, "new_password": NEW})
    with psycopg.connect(prepared.owner_url) as connection:
        asked = "SELECT password_expires_at FROM users WHERE id = %s"
        assert connection.execute(asked, (ada.user_id,)).fetchone() == (None,)
    assert (await log_in(anonymous, ada, password=NEW)).status_code == 200
    assert not limit_password(prepared.owner_url, "nobody@example.org", until=now())
    assert not appoint(prepared.owner_url, "nobody@example.org")


@pytest.mark.parametrize("token", ["trp_nothing", "x"])
async def test_a_token_that_is_none(anonymous: httpx.AsyncClient, token: str) -> None:
    assert (await anonymous.post(HERE, json={"token": token, "new_password": NEW})).status_code == 404
