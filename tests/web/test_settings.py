"""One's own account: name, password, sessions, keys, and how the page looks."""

import re

import pyotp
import pytest
from playwright.async_api import Page, expect

from tests.fixtures.app import client
from tests.fixtures.auth import PASSWORD, Person
from tests.web.conftest import OpenPage, Visit
from tests.web.visitor import Visitor

pytestmark = pytest.mark.browser


async def go(visitor: Visitor, path: str = "") -> Page:
    await visitor.page.goto(f"{visitor.address}/settings{path}")
    await visitor.page.get_by_role("heading", level=1).wait_for()
    return visitor.page


async def test_the_name_that_others_see(visit: Visit) -> None:
    visitor = await visit()
    page = await go(visitor)
    await page.get_by_label("Your name").fill("Ada King")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("button", name="Account of Ada King")).to_be_visible()


async def test_language_and_theme_are_chosen(visit: Visit) -> None:
    visitor = await visit(theme="light")
    page = await go(visitor)
    await page.get_by_label("Theme", exact=True).select_option("dark")
    await expect(page.locator("html")).to_have_class(re.compile("dark"))
    await page.get_by_label("Theme", exact=True).select_option("system")
    await expect(page.locator("html")).not_to_have_class(re.compile("dark"))
    await page.get_by_label("Language", exact=True).select_option("zh")
    await expect(page.get_by_role("heading", level=1, name="设置")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("heading", level=1, name="设置")).to_be_visible()


async def test_a_password_is_changed_and_other_sessions_end(visit: Visit, open_page: OpenPage) -> None:
    visitor = await visit()
    page = await go(visitor, "/security")
    change = page.get_by_role("button", name="Change the password")
    current = page.locator("form", has=change).get_by_label("Current password")
    await current.fill("not the password")
    await page.get_by_label("New password").fill("another horse, another staple")
    await change.click()
    await expect(current).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_text("the current password is wrong")).to_be_visible()
    await current.fill(PASSWORD)
    await change.click()
    await expect(page.get_by_text("The password was changed").first).to_be_visible()
    assert (await visitor.person.http.get("/api/v1/auth/me")).status_code == 401
    await page.reload()
    await expect(page.get_by_role("heading", level=1, name="Security")).to_be_visible()


async def test_a_second_factor_is_turned_on_and_asked_for(visit: Visit, open_page: OpenPage) -> None:
    visitor = await visit()
    page = await go(visitor, "/security")
    begin = page.get_by_role("button", name="Set up")
    await page.locator("form", has=begin).get_by_label("Current password").fill(PASSWORD)
    await begin.click()
    await expect(page.get_by_alt_text("QR code of the secret")).to_be_visible()
    device = pyotp.TOTP(await page.get_by_text(re.compile(r"^[A-Z2-7]{32}$")).inner_text())
    await page.get_by_label("Code").fill(device.now())
    await page.get_by_role("button", name="Turn on").click()
    recovery = page.get_by_text(re.compile(r"^[a-z2-7]{4}(-[a-z2-7]{4}){3}$"))
    await expect(recovery).to_have_count(10)
    code = await recovery.first.inner_text()
    await _ask_of_members(visitor)

    other = await open_page()
    await other.goto(f"{visitor.address}/sign-in")
    await other.get_by_label("Email").fill(visitor.person.email)
    await other.get_by_label("Password").fill(PASSWORD)
    await other.get_by_role("button", name="Sign in", exact=True).click()
    await other.get_by_label("Code").fill(code)
    await other.get_by_role("button", name="Sign in", exact=True).click()
    await expect(other.get_by_role("heading", level=1, name="Dashboard")).to_be_visible()


async def test_a_session_is_ended_from_another(visit: Visit, ada: Person) -> None:
    """The fixture's own is the other one."""
    page = await go(await visit(), "/security")
    sessions = page.locator("section", has_text="Sessions").last
    await expect(sessions.get_by_role("listitem")).to_have_count(2)
    await sessions.get_by_role("button", name="End", exact=True).click()
    await expect(sessions.get_by_role("listitem")).to_have_count(1)
    assert (await ada.http.get("/api/v1/auth/me")).status_code == 401


async def test_a_key_is_shown_once_rotated_and_revoked(visit: Visit, web_app: object) -> None:
    visitor = await visit()
    page = await go(visitor, "/keys")
    await page.get_by_role("button", name="New key").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("notebook")
    await dialog.get_by_label("read: see").check()
    await dialog.get_by_role("button", name="New key").click()
    key = await dialog.locator("code").inner_text()
    assert await _status(web_app, key) == 200
    await dialog.get_by_role("button", name="Done").click()
    line = page.get_by_role("table", name="API keys").get_by_role("row").filter(has_text="notebook")
    await expect(line).to_contain_text("read")
    assert key not in await page.content()

    await line.get_by_role("button", name="Rotate notebook").click()
    await dialog.get_by_role("button", name="Rotate").click()
    rotated = await dialog.locator("code").inner_text()
    assert rotated != key
    await dialog.get_by_role("button", name="Done").click()
    assert await _status(web_app, rotated) == 200
    await expect(line).to_have_count(1)

    await line.get_by_role("button", name="Revoke notebook").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
    await expect(page.get_by_text("notebook was revoked").first).to_be_visible()
    await page.get_by_label("Show keys that no longer work").click()
    await expect(line).to_have_count(2)
    assert page.url.endswith("/settings/keys?revoked=true")


async def _status(app: object, key: str) -> int:
    async with client(app, key) as asking:  # type: ignore[arg-type]
        return (await asking.get("/api/v1/projects")).status_code


async def _ask_of_members(visitor: Visitor) -> None:
    """As somebody who has proven one."""
    page = visitor.page
    await page.goto(f"{visitor.address}/o/{visitor.person.org}/members")
    rule = page.get_by_label("Members must prove a second factor")
    await rule.check()
    await expect(rule).to_be_enabled()
    await page.reload()
    await expect(rule).to_be_checked()


async def test_who_has_proven_no_second_factor_asks_nobody_for_one(visit: Visit) -> None:
    visitor = await visit(width=360)
    page = visitor.page
    await page.goto(f"{visitor.address}/o/{visitor.person.org}/members")
    rule = page.get_by_label("Members must prove a second factor")
    await rule.click()
    await expect(page.get_by_role("alert")).to_contain_text("prove your own second factor in this session first")
    await expect(rule).not_to_be_checked()
    await page.get_by_role("link", name="Security").last.click()
    await expect(page.get_by_role("heading", level=1, name="Security")).to_be_visible()
