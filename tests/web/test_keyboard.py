"""Journeys without a mouse: every step is a key."""

import pytest
from playwright.async_api import expect

from tests.fixtures.auth import PASSWORD, Person
from tests.fixtures.scheduling import TINY, Desk
from tests.web.conftest import OpenPage, Visit
from tests.web.keys import choose, command, press, tab_to, type_into

pytestmark = pytest.mark.browser


async def test_signing_in_and_making_a_key(open_page: OpenPage, served: str, ada: Person) -> None:
    page = await open_page()
    await page.goto(served)
    await type_into(page, "Email", ada.email)
    await type_into(page, "Password", PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1, name="Dashboard")).to_be_visible()

    await command(page, "api keys", "API keys")
    await press(page, page.get_by_role("button", name="New key"))
    await expect(page.get_by_label("Name", exact=True)).to_be_focused()
    await type_into(page, "Name", "notebook")
    await tab_to(page, page.get_by_label("inference: call services"))
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog").locator("code")).to_contain_text("trn_")
    await press(page, page.get_by_role("button", name="Done"))
    (made,) = await ada.get("/api-keys")
    assert (made["name"], made["scopes"]) == ("notebook", ["inference"])
    # The focus is back where it was, so that the next Tab goes on from there.
    await expect(page.get_by_role("button", name="New key")).to_be_focused()


async def test_inviting_somebody_and_taking_it_back(visit: Visit) -> None:
    visitor = await visit()
    page = visitor.page
    await command(page, "members", "Members")
    await press(page, page.get_by_role("button", name="Invite"))
    await expect(page.get_by_label("Email")).to_be_focused()
    await type_into(page, "Email", "grace@example.org")
    await page.keyboard.press("Enter")
    await press(page, page.get_by_role("button", name="Done"))
    await press(page, page.get_by_role("button", name="Revoke the invitation of grace@example.org"))
    # What changes nothing has the focus first.
    await expect(page.get_by_role("button", name="Go back")).to_be_focused()
    await press(page, page.get_by_role("alertdialog").get_by_role("button", name="Revoke"))
    await expect(page.get_by_role("row").filter(has_text="grace@example.org")).to_contain_text("Revoked")


async def test_to_another_project_and_to_a_place_in_it(visit: Visit, desk: Desk) -> None:
    visitor = await visit()
    await visitor.person.post(f"/orgs/{visitor.person.org}/projects", {"slug": "vision", "name": "Vision"})
    await visitor.person.post("/projects/vision/training-jobs", TINY)
    page = await visitor.go()
    await press(page, page.get_by_role("button", name="Switch to another project"))
    await choose(page, "Vision")
    await expect(page.locator("[data-count=queued]")).to_have_text("1")
    await page.keyboard.press("g")
    await page.keyboard.press("t")
    await expect(page.get_by_role("link", name="tiny").first).to_be_visible()
    assert "/p/vision/training" in page.url
