"""Journeys without a mouse: every step is a key."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.fixtures.auth import PASSWORD, Person
from tests.fixtures.scheduling import TINY, Desk
from tests.web.conftest import OpenPage, Visit

pytestmark = pytest.mark.browser

MOST_TABS = 80


async def tab_to(page: Page, wanted: Locator) -> None:
    """Presses Tab until the element has the focus."""
    await expect(wanted).to_be_visible()
    for _ in range(MOST_TABS):
        if await wanted.evaluate("element => element === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} is not reached by Tab")


async def type_into(page: Page, label: str, text: str) -> None:
    await tab_to(page, page.get_by_label(label, exact=True))
    await page.keyboard.type(text)


async def test_signing_in_and_making_a_key(open_page: OpenPage, served: str, ada: Person) -> None:
    page = await open_page()
    await page.goto(served)
    await type_into(page, "Email", ada.email)
    await type_into(page, "Password", PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1, name="Dashboard")).to_be_visible()

    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("combobox")).to_be_focused()
    await page.keyboard.type("api keys")
    await page.keyboard.press("Enter")
    await tab_to(page, page.get_by_role("button", name="New key"))
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Name", exact=True)).to_be_focused()
    await page.keyboard.type("notebook")
    await tab_to(page, page.get_by_label("inference: call services"))
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog").locator("code")).to_contain_text("trn_")
    await tab_to(page, page.get_by_role("button", name="Done"))
    await page.keyboard.press("Enter")
    (made,) = await ada.get("/api-keys")
    assert (made["name"], made["scopes"]) == ("notebook", ["inference"])
    # The focus is back where it was, so that the next Tab goes on from there.
    await expect(page.get_by_role("button", name="New key")).to_be_focused()


async def test_inviting_somebody_and_taking_it_back(visit: Visit) -> None:
    visitor = await visit()
    page = visitor.page
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("combobox")).to_be_focused()
    await page.keyboard.type("members")
    await page.keyboard.press("Enter")
    await tab_to(page, page.get_by_role("button", name="Invite"))
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Email")).to_be_focused()
    await page.keyboard.type("grace@example.org")
    await page.keyboard.press("Enter")
    await tab_to(page, page.get_by_role("button", name="Done"))
    await page.keyboard.press("Enter")
    await tab_to(page, page.get_by_role("button", name="Revoke the invitation of grace@example.org"))
    await page.keyboard.press("Enter")
    # What changes nothing has the focus first.
    await expect(page.get_by_role("button", name="Go back")).to_be_focused()
    await tab_to(page, page.get_by_role("alertdialog").get_by_role("button", name="Revoke"))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("row").filter(has_text="grace@example.org")).to_contain_text("Revoked")


async def test_to_another_project_and_to_a_place_in_it(visit: Visit, desk: Desk) -> None:
    visitor = await visit()
    await visitor.person.post(f"/orgs/{visitor.person.org}/projects", {"slug": "vision", "name": "Vision"})
    await visitor.person.post("/projects/vision/training-jobs", TINY)
    page = await visitor.go()
    await tab_to(page, page.get_by_role("button", name="Switch to another project"))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Vision")).to_be_visible()
    await page.keyboard.type("Vision")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-count=queued]")).to_have_text("1")
    await page.keyboard.press("g")
    await page.keyboard.press("t")
    await expect(page.get_by_role("link", name="tiny").first).to_be_visible()
    assert "/p/vision/training" in page.url
