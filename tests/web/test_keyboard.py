"""Journeys without a mouse: every step is a key."""

import pytest
from playwright.async_api import expect

from app.kit.db import Database
from tests.fixtures.auth import PASSWORD, Person
from tests.fixtures.factories import make_version
from tests.fixtures.scheduling import TINY, Desk
from tests.web.conftest import OpenPage, Visit
from tests.web.keys import choose, command, press, tab_to, type_into
from tests.web.many import make_runs

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
    (made,) = await ada.listed("/api-keys")
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


async def test_runs_are_found_sorted_and_compared(visit: Visit, controller_database: Database) -> None:
    visitor = await visit()
    await make_runs(visitor.person, 4, controller_database)
    page = visitor.page
    await command(page, "runs", "Experiments")
    rows = page.get_by_role("table", name="Runs").locator("[data-run]")
    await expect(rows).to_have_count(4)
    await type_into(page, "Filter", "metrics.loss < 4")
    await page.keyboard.press("Enter")
    await expect(rows).to_have_count(3)
    await press(page, page.get_by_role("button", name="Columns"))
    await press(page, page.get_by_role("checkbox", name="lr"), "Space")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("columnheader", name="lr")).to_be_visible()
    await press(page, page.get_by_role("button", name="loss", exact=True))
    await expect(rows.first).to_contain_text("run-003")
    for name in ("run-003", "run-001"):
        await press(page, page.get_by_role("checkbox", name=f"Choose {name}"), "Space")
    await press(page, page.get_by_role("link", name="Compare"))
    await expect(page.get_by_role("heading", level=1, name="Compare")).to_be_visible()
    await press(page, page.get_by_role("checkbox", name="Hide what is the same"), "Space")
    await expect(page.get_by_role("table", name="Parameters").get_by_role("row")).to_have_count(2)
    # What is out of view is not drawn: the field above the curves comes first.
    await tab_to(page, page.get_by_label("Part of a metric's name"))
    await press(page, page.get_by_role("button", name="Enlarge loss"))
    await expect(page.get_by_role("dialog", name="loss").locator("figure")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Enlarge loss")).to_be_focused()


async def test_a_job_is_cancelled_and_retried(visit: Visit, desk: Desk) -> None:
    visitor = await visit()
    await visitor.person.post("/projects/default/training-jobs", TINY)
    page = visitor.page
    await command(page, "training", "Training")
    await press(page, page.get_by_role("button", name="Cancel tiny"))
    dialog = page.get_by_role("alertdialog")
    await expect(dialog.get_by_role("button", name="Go back")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Cancel tiny")).to_be_focused()
    await page.keyboard.press("Enter")
    await press(page, dialog.get_by_role("button", name="Cancel the job"))
    await expect(page.locator("[data-status=cancelled]")).to_be_visible()
    await press(page, page.get_by_role("button", name="Retry tiny"))
    await press(page, dialog.get_by_role("button", name="Retry the job"))
    await expect(page.locator("[data-status=queued]")).to_be_visible()


async def test_an_alias_is_moved_and_removed(visit: Visit) -> None:
    visitor = await visit()
    await make_version(visitor.person)
    page = visitor.page
    await command(page, "registry", "Models")
    await press(page, page.get_by_role("link", name="net"))
    await press(page, page.get_by_role("button", name="Move an alias to version 1"))
    await type_into(page, "Alias", "tried")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-alias=tried]")).to_be_visible()
    await press(page, page.get_by_role("button", name="Remove the alias tried"))
    await press(page, page.get_by_role("alertdialog").get_by_role("button", name="Remove", exact=True))
    await expect(page.locator("[data-alias=tried]")).to_have_count(0)
