"""To whose account an identity belongs: no provider, and nobody who was there first, gets into somebody else's."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from app.config import Settings
from app.kit.db import NOBODY, Database
from app.tables import Identity
from tests.app.accounts.test_routes import until_refused
from tests.app.accounts.test_sign_in import somebody
from tests.fixtures.app import client
from tests.fixtures.auth import PASSWORD, Person
from tests.fixtures.oidc import Browser, Github, OidcProvider, browsing, corp, hub, offering


@pytest.fixture
async def platform(settings: Settings, oidc_provider: OidcProvider) -> AsyncIterator[FastAPI]:
    async with offering(settings, corp(oidc_provider.issuer)) as app:
        yield app


@pytest.fixture
async def browser(platform: FastAPI) -> AsyncIterator[Browser]:
    async with browsing(platform) as opened:
        yield opened


async def log_in(http: httpx.AsyncClient, person: Person) -> httpx.Response:
    return await http.post("/api/v1/auth/login", json={"email": person.email, "password": PASSWORD})


async def csrf(browser: Browser, method: str, path: str) -> httpx.Response:
    headers = {"x-csrf-token": browser.http.cookies["trine_csrf"]}
    return await browser.http.request(method, f"/api/v1{path}", headers=headers)


async def test_a_verified_address_alone_does_not_open_an_account(
    browser: Browser, oidc_provider: OidcProvider, ada: Person
) -> None:
    oidc_provider.control(user=somebody(email=ada.email.upper()))
    assert await browser.sign_in() == "/sign-in?problem=account_exists"
    assert await browser.me() is None
    assert await ada.get("/auth/identities") == []
    assert (await log_in(browser.http, ada)).status_code == 200


async def test_an_identity_is_linked_from_a_session_and_then_signs_in(
    browser: Browser, platform: FastAPI, oidc_provider: OidcProvider, ada: Person
) -> None:
    # Its address is another one, and not verified: who links it has shown both.
    user = somebody(email="private@elsewhere.example.org", email_verified=False)
    oidc_provider.control(user=user)
    await log_in(browser.http, ada)
    session = browser.http.cookies["trine_session"]
    assert await browser.sign_in(verb="link", next="/p/x") == "/p/x"
    assert browser.http.cookies["trine_session"] == session
    (identity,) = await ada.get("/auth/identities")
    assert identity["email"] == "private@elsewhere.example.org"
    (event,) = [event for event in (await ada.get("/events/history"))["items"] if event["action"] == "identity.linked"]
    assert event["actor_id"] == str(ada.user_id)
    async with browsing(platform) as another:
        assert await another.sign_in() == "/"
        me = await another.me()
    assert me is not None
    assert me["user"]["id"] == str(ada.user_id)
    assert await browser.sign_in(verb="link") == "/", "linked before: nothing changes"
    assert len(await ada.get("/auth/identities")) == 1


async def test_linking_needs_the_session_to_last(
    browser: Browser, platform: FastAPI, oidc_provider: OidcProvider, ada: Person
) -> None:
    oidc_provider.control(user=somebody())
    token = (await log_in(browser.http, ada)).json()["token"]
    address = await browser.depart(verb="link")
    assert (await csrf(browser, "POST", "/auth/logout")).status_code == 204
    await until_refused(platform, token)
    assert await browser.arrive(address) == "/sign-in?problem=sign_in_expired"
    assert await ada.get("/auth/identities") == []


async def test_linking_is_for_a_person_who_is_signed_in(platform: FastAPI, ada: Person) -> None:
    key = (await ada.api_key())["key"]
    for token, status in ((None, 401), (key, 403)):
        async with client(platform, token) as asking:
            reply = await asking.post("/api/v1/auth/providers/corp:link", json={})
            assert reply.status_code == status
            if token:
                assert (await asking.delete(f"/api/v1/auth/identities/{ada.user_id}")).status_code == 403


async def test_an_identity_is_one_accounts(
    browser: Browser, platform: FastAPI, oidc_provider: OidcProvider, ada: Person, bob: Person
) -> None:
    oidc_provider.control(user=somebody())
    await log_in(browser.http, ada)
    assert await browser.sign_in(verb="link") == "/"
    async with browsing(platform) as other:
        await log_in(other.http, bob)
        assert await other.sign_in(verb="link") == "/sign-in?problem=identity_taken"
        (held,) = await ada.get("/auth/identities")
        assert (await csrf(other, "DELETE", f"/auth/identities/{held['id']}")).status_code == 404
    assert await bob.get("/auth/identities") == []
    assert (await ada.http.delete(f"/api/v1/auth/identities/{held['id']}")).status_code == 204
    assert await ada.get("/auth/identities") == []
    assert "identity.unlinked" in {event["action"] for event in (await ada.get("/events/history"))["items"]}


async def test_the_last_way_in_stays(browser: Browser, oidc_provider: OidcProvider) -> None:
    user = somebody()
    oidc_provider.control(user=user)
    assert await browser.sign_in() == "/"
    (first,) = (await browser.http.get("/api/v1/auth/identities")).json()
    refused = await csrf(browser, "DELETE", f"/auth/identities/{first['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "last_way_in")
    oidc_provider.control(user=somebody())
    assert await browser.sign_in(verb="link") == "/"
    assert (await csrf(browser, "DELETE", f"/auth/identities/{first['id']}")).status_code == 204


async def test_an_account_without_a_password_has_none_that_is_right(
    browser: Browser, oidc_provider: OidcProvider
) -> None:
    user = somebody()
    oidc_provider.control(user=user)
    assert await browser.sign_in() == "/"
    for password in ("", PASSWORD):
        reply = await browser.http.post("/api/v1/auth/login", json={"email": user["email"], "password": password})
        assert reply.status_code == 401


async def test_an_adopted_account_is_its_owners_alone(
    settings: Settings, oidc_provider: OidcProvider, ada: Person
) -> None:
    """`ada` here is somebody who registered with an address that was not theirs, and left every door open."""
    key = (await ada.api_key())["key"]
    both = corp(oidc_provider.issuer), corp(oidc_provider.issuer, name="trusted", adopts_accounts=True)
    async with offering(settings, *both) as app:
        oidc_provider.control(user=somebody())
        async with browsing(app) as early:
            await log_in(early.http, ada)
            assert await early.sign_in(verb="link") == "/"
        oidc_provider.control(user=somebody(email=ada.email, email_verified=False))
        async with browsing(app) as owner:
            assert await owner.sign_in("trusted") == "/sign-in?problem=email_unverified"
            oidc_provider.control(user=somebody(email=ada.email))
            assert await owner.sign_in("trusted") == "/"
            me = await owner.me()
            assert me is not None
            assert me["user"]["id"] == str(ada.user_id)
            (identity,) = (await owner.http.get("/api/v1/auth/identities")).json()
            assert identity["provider"] == "trusted"
            assert (await log_in(owner.http, ada)).status_code == 401
        for token in (ada.token, key):
            assert (await until_refused(app, token)).status_code == 401


async def test_identities_are_seen_by_their_person_alone(
    browser: Browser, oidc_provider: OidcProvider, ada: Person, bob: Person, app_database: Database
) -> None:
    oidc_provider.control(user=somebody())
    await log_in(browser.http, ada)
    assert await browser.sign_in(verb="link") == "/"
    for scope, count in ((ada.scope, 1), (bob.scope, 0), (NOBODY, 0)):
        async with app_database.session(scope) as session:
            assert len((await session.execute(select(Identity.id))).all()) == count
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with app_database.session(bob.scope) as session:
            session.add(Identity(user_id=ada.user_id, provider="corp", issuer="x", subject="y"))


@pytest.mark.parametrize("statement", ["SELECT * FROM pending_sign_ins", "DELETE FROM pending_sign_ins"])
async def test_sign_ins_under_way_are_nobodys_to_read(app_database: Database, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with app_database.session() as session:
            await session.execute(text(statement))


async def test_github(settings: Settings, github: tuple[Github, str]) -> None:
    known, address = github
    async with offering(settings, hub(address)) as app, browsing(app) as browser:
        known.refuses = True
        assert await browser.sign_in("github") == "/sign-in?problem=sign_in_invalid"
        known.refuses = False
        known.emails[1]["verified"] = False
        assert await browser.sign_in("github") == "/sign-in?problem=email_unverified"
        known.emails[1]["verified"] = True
        assert await browser.sign_in("github") == "/"
        me = await browser.me()
        assert me is not None
        assert (me["user"]["email"], me["user"]["name"]) == ("mona@example.org", "Mona")
        # The name and the address can be somebody else's tomorrow; the number cannot.
        known.user["login"] = "renamed"
        known.emails = []
        assert await browser.sign_in("github") == "/"
        assert await browser.me() == me
        known.user = {"id": 1, "login": "octocat"}
        assert await browser.sign_in("github") == "/sign-in?problem=email_unverified"
        known.user = {"message": "nobody"}
        assert await browser.sign_in("github") == "/sign-in?problem=sign_in_invalid"
