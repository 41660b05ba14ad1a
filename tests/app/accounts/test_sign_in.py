"""Sign-in by an OpenID provider that is a process of its own, and what it must not be talked into."""

import itertools
from collections.abc import AsyncIterator

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from app.config import Settings
from tests.fixtures.auth import Person
from tests.fixtures.db import Prepared
from tests.fixtures.oidc import Browser, OidcProvider, browsing, corp, offering

_numbers = itertools.count(1)


@pytest.fixture
async def platform(settings: Settings, oidc_provider: OidcProvider) -> AsyncIterator[FastAPI]:
    async with offering(settings, corp(oidc_provider.issuer)) as app:
        yield app


@pytest.fixture
async def browser(platform: FastAPI) -> AsyncIterator[Browser]:
    async with browsing(platform) as opened:
        yield opened


def somebody(**claims: object) -> dict[str, object]:
    number = next(_numbers)
    known = {"sub": f"subject-{number}", "email": f"somebody-{number}@corp.example.org", "email_verified": True}
    return known | {"name": "Grace Hopper"} | claims


async def test_the_first_sign_in_makes_an_account_and_the_next_finds_it(
    browser: Browser, platform: FastAPI, oidc_provider: OidcProvider
) -> None:
    user = somebody()
    oidc_provider.control(user=user)
    assert await browser.sign_in(next="/p/default?tab=runs") == "/p/default?tab=runs"
    me = await browser.me()
    assert me is not None
    assert (me["user"]["email"], me["user"]["name"]) == (user["email"], "Grace Hopper")
    assert [organization["name"] for organization in me["organizations"]] == ["Grace Hopper"]
    assert [project["slug"] for project in me["projects"]] == ["default"]
    (identity,) = (await browser.http.get("/api/v1/auth/identities")).json()
    assert (identity["issuer"], identity["subject"]) == (oidc_provider.issuer, user["sub"])
    events = (await browser.http.get("/api/v1/events/history")).json()["items"]
    assert {"organization.created", "identity.linked"} <= {event["action"] for event in events}
    # The address may change there; who it is does not.
    oidc_provider.control(user=user | {"email": "married@corp.example.org"})
    async with browsing(platform) as another:
        assert await another.sign_in() == "/"
        again = await another.me()
    assert again is not None
    assert again["user"] == me["user"]


async def test_cookies_of_a_sign_in(browser: Browser, oidc_provider: OidcProvider) -> None:
    oidc_provider.control(user=somebody())
    begun = await browser.http.post("/api/v1/auth/providers/corp:sign-in", json={})
    (cookie,) = begun.headers.get_list("set-cookie")
    assert cookie.startswith("trine_sign_in=")
    assert {"HttpOnly", "Path=/api/v1/auth/providers", "SameSite=lax"} <= set(cookie.split("; "))
    ended = await browser.http.get(await browser.depart())
    kept = {cookie.partition("=")[0]: cookie for cookie in ended.headers.get_list("set-cookie")}
    assert "HttpOnly" in kept["trine_session"]
    assert "SameSite=strict" in kept["trine_session"]
    assert "Max-Age=0" in kept["trine_sign_in"]
    assert (ended.headers["cache-control"], ended.headers["referrer-policy"]) == ("no-store", "no-referrer")


async def test_the_providers_are_listed_without_their_secrets(browser: Browser) -> None:
    reply = await browser.http.get("/api/v1/auth/providers")
    assert reply.json() == [{"name": "corp", "kind": "oidc", "title": "Corp"}]


@pytest.mark.parametrize(
    "fault",
    [
        "nonce",
        "no nonce",
        "audience",
        "audiences",
        "issuer",
        "expired",
        "early",
        "unsigned",
        "hmac",
        "another key",
        "brings its key",
        "says where its key lies",
        "other user",
    ],
)
async def test_a_token_that_is_not_good(
    browser: Browser, platform: FastAPI, oidc_provider: OidcProvider, fault: str
) -> None:
    user = somebody()
    oidc_provider.control(user=user, fault=fault)
    assert await browser.sign_in() == "/sign-in?problem=sign_in_invalid"
    assert "trine_session" not in browser.http.cookies
    assert await browser.me() is None
    assert "/own-keys" not in oidc_provider.control()
    # Nothing is left of it: without the fault it is a first sign-in.
    oidc_provider.control(fault="")
    assert await browser.sign_in() == "/"


async def test_an_address_that_only_userinfo_tells(browser: Browser, oidc_provider: OidcProvider) -> None:
    user = somebody()
    oidc_provider.control(user=user, fault="thin")
    assert await browser.sign_in() == "/"
    me = await browser.me()
    assert me is not None
    assert me["user"]["email"] == user["email"]


@pytest.mark.parametrize("kid", ["second", "first"])
async def test_a_provider_that_changes_its_key(browser: Browser, oidc_provider: OidcProvider, kid: str) -> None:
    oidc_provider.control(user=somebody())
    assert await browser.sign_in() == "/"
    assert await browser.sign_in() == "/"
    assert oidc_provider.control(kid=kid)["/keys"] == 1, "they are remembered"
    assert await browser.sign_in() == "/"
    asked = oidc_provider.control()
    assert (asked["/keys"], asked["/.well-known/openid-configuration"]) == (2, 1)


async def test_a_state_is_good_once(browser: Browser, oidc_provider: OidcProvider) -> None:
    oidc_provider.control(user=somebody())
    address = await browser.depart()
    state = browser.http.cookies["trine_sign_in"]
    assert await browser.arrive(address) == "/"
    browser.http.cookies.set("trine_sign_in", state, domain="platform.test", path="/api/v1/auth/providers")
    assert await browser.arrive(address) == "/sign-in?problem=sign_in_expired"
    assert oidc_provider.control()["/token"] == 1, "the provider was not asked again"


async def test_a_failure_uses_the_state_up(browser: Browser, oidc_provider: OidcProvider) -> None:
    oidc_provider.control(user=somebody(), fault="expired")
    address = await browser.depart()
    state = browser.http.cookies["trine_sign_in"]
    assert await browser.arrive(address) == "/sign-in?problem=sign_in_invalid"
    browser.http.cookies.set("trine_sign_in", state, domain="platform.test", path="/api/v1/auth/providers")
    assert await browser.arrive(address) == "/sign-in?problem=sign_in_expired"


async def test_what_was_begun_elsewhere_does_not_end_here(
    browser: Browser, platform: FastAPI, oidc_provider: OidcProvider
) -> None:
    """An attacker's answer in a victim's browser would sign the victim in as the attacker."""
    oidc_provider.control(user=somebody())
    address = await browser.depart()
    async with browsing(platform) as victim:
        assert await victim.arrive(address) == "/sign-in?problem=sign_in_expired"
        await victim.depart()
        assert await victim.arrive(address) == "/sign-in?problem=sign_in_expired"
        assert await victim.me() is None
    assert await browser.arrive(address) == "/", "and it is still good where it was begun"


async def test_a_sign_in_that_takes_too_long(browser: Browser, oidc_provider: OidcProvider, prepared: Prepared) -> None:
    oidc_provider.control(user=somebody())
    address = await browser.depart()
    with psycopg.connect(prepared.owner_url) as connection:
        connection.execute("UPDATE pending_sign_ins SET expires_at = now() - interval '1 second'")
    assert await browser.arrive(address) == "/sign-in?problem=sign_in_expired"
    await browser.depart()
    with psycopg.connect(prepared.owner_url) as connection:
        expired = connection.execute("SELECT count(*) FROM pending_sign_ins WHERE expires_at < now()").fetchone()
    assert expired == (0,), "the next one removes what has expired"


async def test_a_person_who_says_no(browser: Browser, oidc_provider: OidcProvider) -> None:
    oidc_provider.control(user=somebody(), fault="denied")
    assert await browser.sign_in() == "/sign-in?problem=sign_in_denied"


async def test_an_answer_of_another_issuer(browser: Browser, oidc_provider: OidcProvider) -> None:
    oidc_provider.control(user=somebody())
    address = await browser.depart()
    assert await browser.arrive(f"{address}&iss=https://another.test") == "/sign-in?problem=sign_in_invalid"
    good = await browser.depart()
    assert await browser.arrive(f"{good}&iss={oidc_provider.issuer}") == "/"


async def test_an_answer_at_another_provider(settings: Settings, oidc_provider: OidcProvider) -> None:
    """Mix-up: a provider that is not honest gets the code of one that is."""
    oidc_provider.control(user=somebody())
    both = corp(oidc_provider.issuer), corp(oidc_provider.issuer, name="other")
    async with offering(settings, *both) as app, browsing(app) as browser:
        address = await browser.depart("corp")
        assert await browser.arrive(address.replace("/corp/", "/other/")) == "/sign-in?problem=sign_in_expired"
        assert "/token" not in oidc_provider.control()


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email_verified": None}, {"email": ""}])
async def test_an_address_that_nobody_verified(
    browser: Browser, oidc_provider: OidcProvider, claims: dict[str, object]
) -> None:
    oidc_provider.control(user=somebody(**claims))
    assert await browser.sign_in() == "/sign-in?problem=email_unverified"
    assert await browser.me() is None


@pytest.mark.parametrize(
    "page",
    [
        "//evil.test",
        "https://evil.test/",
        "/\\evil.test",
        "\\\\evil.test",
        "/\t/evil.test",
        "/a\nb",
        "",
        "javascript:x",
    ],
)
async def test_nobody_is_sent_to_another_site(browser: Browser, page: str) -> None:
    reply = await browser.http.post("/api/v1/auth/providers/corp:sign-in", json={"next": page})
    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (422, "next")


async def test_registration_that_is_closed(settings: Settings, oidc_provider: OidcProvider) -> None:
    oidc_provider.control(user=somebody())
    closed = corp(oidc_provider.issuer), corp(oidc_provider.issuer, name="staff", registration="open")
    async with offering(settings, *closed, registration="closed") as app, browsing(app) as browser:
        assert await browser.sign_in() == "/sign-in?problem=registration_closed"
        assert await browser.sign_in("staff") == "/"
        assert await browser.sign_in("corp") == "/", "who has an account comes in"


async def test_a_provider_that_is_down(settings: Settings) -> None:
    provider = OidcProvider()
    try:
        provider.control(user=somebody())
        async with offering(settings, corp(provider.issuer)) as app, browsing(app) as browser:
            address = await browser.depart()
            provider.stop()
            assert await browser.arrive(address) == "/sign-in?problem=provider_unavailable"
        async with offering(settings, corp(provider.issuer)) as app, browsing(app) as browser:
            reply = await browser.http.post("/api/v1/auth/providers/corp:sign-in", json={})
            assert (reply.status_code, reply.json()["code"]) == (503, "provider_unavailable")
    finally:
        provider.stop()


async def test_a_provider_that_is_not_what_it_should_be(settings: Settings, oidc_provider: OidcProvider) -> None:
    oidc_provider.control(fault="discovery")
    async with offering(settings, corp(oidc_provider.issuer)) as app, browsing(app) as browser:
        reply = await browser.http.post("/api/v1/auth/providers/corp:sign-in", json={})
        assert (reply.status_code, reply.json()["code"]) == (403, "provider_wrong")
        assert "set the issuer to that" in reply.json()["detail"]


async def test_a_provider_inside_is_asked_only_where_that_is_allowed(
    settings: Settings, oidc_provider: OidcProvider
) -> None:
    async with (
        offering(settings, corp(oidc_provider.issuer), allowed_addresses=()) as app,
        browsing(app) as browser,
    ):
        reply = await browser.http.post("/api/v1/auth/providers/corp:sign-in", json={})
        assert (reply.status_code, reply.json()["code"]) == (503, "provider_unavailable")
    assert oidc_provider.control() == {"/control": 1}


async def test_no_code_state_or_secret_is_in_the_log(
    browser: Browser, oidc_provider: OidcProvider, capsys: pytest.CaptureFixture[str]
) -> None:
    oidc_provider.control(user=somebody(), fault="expired")
    address = httpx.URL(await browser.depart())
    assert await browser.arrive(str(address)) == "/sign-in?problem=sign_in_invalid"
    said = capsys.readouterr().out
    assert "sign_in.refused" in said
    assert "ExpiredToken" in said
    for secret in (address.params["code"], address.params["state"], "the secret of a client"):
        assert secret not in said


async def test_an_address_has_so_many_attempts(
    settings: Settings, oidc_provider: OidcProvider, prepared: Prepared
) -> None:
    limited = offering(settings, corp(oidc_provider.issuer), sign_in_address_rate="2/day")
    async with limited as app, browsing(app) as browser:

        async def ask(address: str, path: str = "providers/corp:sign-in", **body: str) -> httpx.Response:
            headers = {"x-forwarded-for": address}
            return await browser.http.post(f"/api/v1/auth/{path}", json=body, headers=headers)

        assert [(await ask("203.0.113.7")).status_code for _ in range(2)] == [200, 200]
        begun = _pending(prepared)
        refused = await ask("203.0.113.7")
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
        assert int(refused.headers["retry-after"]) >= 1
        assert "set-cookie" not in refused.headers
        assert _pending(prepared) <= begun, "what is refused leaves no row"
        assert (await ask("203.0.113.7", "providers/nobody:sign-in")).status_code == 429
        log_in = await ask("203.0.113.7", "login", email="nobody@example.org", password="long enough, but wrong")
        assert log_in.status_code == 429, "both ways in are counted together"
        assert (await ask("198.51.100.9")).status_code == 200
        assert len(_pending(prepared) - begun) == 1
        # Where no proxy tells an address all come from the proxy's, and nobody is locked out for the others.
        for _ in range(3):
            assert (await browser.http.post("/api/v1/auth/providers/corp:sign-in", json={})).status_code == 200


async def test_an_unknown_provider(browser: Browser) -> None:
    for path in (":sign-in", ":link", "/callback"):
        method = "GET" if path == "/callback" else "POST"
        reply = await browser.http.request(method, f"/api/v1/auth/providers/nobody{path}", json={})
        assert reply.status_code == (401 if path == ":link" else 404)


async def test_without_providers_nothing_is_offered(ada: Person) -> None:
    assert await ada.get("/auth/providers") == []
    assert await ada.get("/auth/identities") == []


def _pending(prepared: Prepared) -> set[object]:
    with psycopg.connect(prepared.owner_url) as connection:
        return {row[0] for row in connection.execute("SELECT state_hash FROM pending_sign_ins")}
