"""One-time passwords as a device shows them: at log-in, for a session, and as an organization's rule."""

import time
from typing import Any

import httpx
import pyotp
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.accounts import second_factor
from app.kit.db import Database
from tests.fixtures.app import client
from tests.fixtures.auth import PASSWORD, Person
from tests.fixtures.members import join

HERE = "/api/v1/auth/second-factor"


async def enabled(person: Person) -> tuple[pyotp.TOTP, list[str]]:
    """The device, with the password of the step before this one used up; and the recovery codes."""
    offered = await person.post("/auth/second-factor", {"current_password": PASSWORD})
    device = pyotp.parse_uri(offered["uri"])
    assert isinstance(device, pyotp.TOTP)
    assert device.secret == offered["secret"]
    confirmed = await person.post("/auth/second-factor:confirm", {"code": device.at(now() - second_factor.STEP)})
    return device, confirmed["codes"]


def now() -> int:
    return int(time.time())


async def log_in(http: httpx.AsyncClient, person: Person, **more: Any) -> httpx.Response:
    http.cookies.clear()
    return await http.post("/api/v1/auth/login", json={"email": person.email, "password": PASSWORD, **more})


async def test_log_in_asks_for_the_password_and_then_for_the_code(ada: Person, anonymous: httpx.AsyncClient) -> None:
    device, codes = await enabled(ada)
    assert len(set(codes)) == 10
    without = await log_in(anonymous, ada)
    assert (without.status_code, without.json()["code"]) == (401, "second_factor_required")
    wrong = await anonymous.post(
        "/api/v1/auth/login", json={"email": ada.email, "password": "x" * 12, "code": "123456"}
    )
    assert wrong.json()["code"] == "unauthenticated"
    code = device.at(now())
    right = await log_in(anonymous, ada, code=code)
    assert right.status_code == 200
    again = await log_in(anonymous, ada, code=code)
    assert (again.status_code, again.json()["code"]) == (401, "wrong_code")


async def test_a_recovery_code_is_good_once(ada: Person, anonymous: httpx.AsyncClient) -> None:
    _, codes = await enabled(ada)
    assert (await log_in(anonymous, ada, code=codes[0].upper())).status_code == 200
    assert (await log_in(anonymous, ada, code=codes[0])).json()["code"] == "wrong_code"
    assert (await ada.get("/auth/second-factor"))["recovery_codes"] == 9


async def test_codes_are_guessed_no_faster_than_passwords(ada: Person, anonymous: httpx.AsyncClient) -> None:
    await enabled(ada)
    answers = [await log_in(anonymous, ada, code="000000") for _ in range(12)]
    assert answers[-1].status_code == 429
    assert {each.json()["code"] for each in answers} == {"wrong_code", "too_many_attempts"}


async def test_it_begins_with_the_password_and_counts_from_its_first_code(ada: Person) -> None:
    refused = await ada.http.post(HERE, json={"current_password": "wrong"})
    assert (refused.status_code, refused.json()["code"]) == (422, "wrong_password")
    offered = await ada.post("/auth/second-factor", {"current_password": PASSWORD})
    assert offered["image"].startswith("data:image/svg+xml")
    assert (await ada.get("/auth/second-factor"))["enabled_at"] is None
    wrong = await ada.http.post(f"{HERE}:confirm", json={"code": "000000"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong_code")
    # Whoever loses the first offer makes another one.
    device, _ = await enabled(ada)
    assert device.secret != offered["secret"]
    twice = await ada.http.post(HERE, json={"current_password": PASSWORD})
    assert (twice.status_code, twice.json()["code"]) == (409, "second_factor_exists")


async def test_whoever_has_it_removes_it(ada: Person, anonymous: httpx.AsyncClient) -> None:
    device, codes = await enabled(ada)
    assert (await ada.http.post(f"{HERE}:remove", json={"code": "000000"})).status_code == 422
    await ada.post("/auth/second-factor:remove", {"code": device.at(now())})
    assert (await log_in(anonymous, ada)).status_code == 200
    assert (await ada.get("/auth/second-factor")) == {
        "enabled_at": None,
        "recovery_codes": 0,
        "proven": False,
        "required_by": [],
    }
    assert codes


async def test_a_key_has_no_second_factor(web_app: FastAPI, ada: Person) -> None:
    key = (await ada.api_key())["key"]
    async with client(web_app, key) as asking:
        assert (await asking.get(HERE)).status_code == 403
        assert (await asking.post(HERE, json={})).status_code == 403


async def test_an_organization_that_asks_for_it_is_out_of_reach_until_it_is_proven(
    web_app: FastAPI, ada: Person, bob: Person
) -> None:
    await join(ada, bob, "member")
    key = (await bob.post("/api-keys", {"name": "k", "project": str(ada.project_id)}))["key"]
    rule = f"/api/v1/orgs/{ada.org}/second-factor"
    early = await ada.http.put(rule, json={"required": True})
    assert (early.status_code, early.json()["code"]) == (409, "second_factor_needed")
    await enabled(ada)
    assert (await ada.http.put(rule, json={"required": True})).json()["requires_second_factor"] is True
    assert (await ada.http.get(f"/api/v1/orgs/{ada.org}")).status_code == 200

    web_app.state.platform.credentials.forget()
    assert (await bob.http.get(f"/api/v1/orgs/{ada.org}")).status_code == 404
    me = await bob.get("/auth/me")
    assert me["withheld_org_ids"] == [str(ada.org_id)]
    assert str(ada.org_id) not in str(me["organizations"]) + str(me["projects"])
    # A new log-in with the password alone sees no more.
    async with client(web_app) as other:
        signed_in = (await log_in(other, bob)).json()
        assert [each["slug"] for each in signed_in["organizations"]] == [bob.org]
    async with client(web_app, key) as machine:
        assert (await machine.get(f"/api/v1/orgs/{ada.org}")).status_code == 200

    device, _ = await enabled(bob)
    web_app.state.platform.credentials.forget()
    assert (await bob.http.get(f"/api/v1/orgs/{ada.org}")).status_code == 200
    # Another session of theirs, which begins with the code.
    async with client(web_app) as other:
        signed_in = (await log_in(other, bob, code=device.at(now()))).json()
        assert len(signed_in["organizations"]) == 2
    assert (await bob.http.put(rule, json={"required": False})).status_code == 403
    assert (await ada.http.put(rule, json={"required": False})).json()["requires_second_factor"] is False


async def test_a_session_proves_it_later(web_app: FastAPI, ada: Person) -> None:
    """As one does that a provider opened."""
    device, _ = await enabled(ada)
    async with web_app.state.platform.database.session(ada.scope) as session:
        await session.execute(text("UPDATE sessions SET second_factor_at = NULL"))
    assert (await ada.get("/auth/second-factor"))["proven"] is False
    await ada.post("/auth/second-factor:verify", {"code": device.at(now())})
    assert (await ada.get("/auth/second-factor"))["proven"] is True


async def test_nothing_of_it_is_stored_as_it_is(ada: Person, web_app: FastAPI) -> None:
    device, codes = await enabled(ada)
    database: Database = web_app.state.platform.database
    async with database.session(ada.scope) as session:
        sealed = (await session.scalars(text("SELECT sealed_secret FROM second_factors"))).all()
        hashes = (await session.scalars(text("SELECT code_hash FROM recovery_codes"))).all()
    stored = b"".join([*sealed, *hashes])
    assert len(hashes) == 10
    assert device.secret.encode() not in stored
    assert not any(code.replace("-", "").encode() in stored for code in codes)


@pytest.mark.parametrize("path", ["", ":confirm", ":verify", ":remove"])
async def test_nobody_without_a_session(anonymous: httpx.AsyncClient, path: str) -> None:
    assert (await anonymous.post(HERE + path, json={"code": "000000"})).status_code == 401
