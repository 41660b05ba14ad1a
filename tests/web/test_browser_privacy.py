"""What a browser keeps of a visit, and whom it tells: nothing that is a secret, nobody but the platform."""

from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, expect

from tests.fixtures.auth import PASSWORD, Person
from tests.web.conftest import OpenPage, Visit
from tests.web.keys import choose

pytestmark = pytest.mark.browser

KEPT = {"trine.language", "trine.project", "trine.shortcuts", "trine.theme"}
"""What a browser remembers of how one wants it."""
STORED = """async () => ({
  local: Object.entries(localStorage), session: Object.entries(sessionStorage),
  databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length, cookies: document.cookie,
})"""


async def walk(page: Page, address: str) -> None:
    """Through pages of a project, of its organization and of the person."""
    for path in ("/p/default", "/p/default/training", "/p/default/experiments", "/settings", "/settings/keys"):
        await page.goto(address + path)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()


async def test_a_page_asks_nobody_but_the_platform(visit: Visit, served: str) -> None:
    page = (await visit()).page
    asked: set[str] = set()
    page.context.on("request", lambda request: asked.add("{0.scheme}://{0.netloc}".format(urlsplit(request.url))))
    await walk(page, served)
    assert {origin for origin in asked if origin.startswith("http")} == {served}


async def test_nothing_sensitive_is_kept_and_nothing_is_left_after_signing_out(
    visit: Visit, served: str, ada: Person
) -> None:
    page = (await visit()).page
    await walk(page, served)
    stored = await page.evaluate(STORED)
    assert {key for key, _ in stored["local"]} <= KEPT, stored
    assert (stored["session"], stored["databases"], stored["caches"]) == ([], 0, 0)
    (session,) = [cookie for cookie in await page.context.cookies() if cookie.get("httpOnly")]
    assert session["value"] not in str(stored), "scripts do not see the session"

    await page.get_by_role("button", name="Account of Ada").focus()
    await page.keyboard.press("Enter")
    await choose(page, "Sign out")
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    for _ in range(2):
        assert ada.email not in await page.content()
        assert str(ada.org_id) not in await page.content()
        await page.go_back()
        await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    stored = await page.evaluate(STORED)
    assert {key for key, _ in stored["local"]} <= KEPT
    assert session["name"] not in {cookie.get("name") for cookie in await page.context.cookies()}


async def test_a_password_is_masked_and_may_be_pasted(open_page: OpenPage, served: str, ada: Person) -> None:
    page = await open_page()
    for path, purpose in (("/register", "new-password"), ("/sign-in", "current-password")):
        await page.goto(served + path)
        field = page.get_by_label("Password")
        assert await field.get_attribute("type") == "password"
        assert await field.get_attribute("autocomplete") == purpose, "what password managers look for"
        await page.get_by_label("Email").fill(PASSWORD)
        await page.get_by_label("Email").press("Control+a")
        await page.get_by_label("Email").press("Control+c")
        await field.press("Control+v")
        await expect(field).to_have_value(PASSWORD)
    await page.get_by_label("Email").fill(ada.email)
    await field.press("Enter")
    await expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
