"""Journeys without a mouse, of what runs: studies, simulations, traffic; and projects."""

import pytest
from playwright.async_api import expect

from tests.fixtures.factories import make_version
from tests.fixtures.scheduling import Desk
from tests.web.conftest import Visit
from tests.web.keys import command, press, tab_to, type_into
from tests.web.test_training import STUDY

pytestmark = pytest.mark.browser


async def test_a_study_is_extended_and_ended(visit: Visit, desk: Desk) -> None:
    visitor = await visit()
    study = await visitor.person.post("/projects/default/studies", STUDY)
    page = visitor.page
    await command(page, "studies", "Studies")
    await press(page, page.get_by_role("table", name="Studies").get_by_role("link", name="search", exact=True))
    await press(page, page.get_by_role("button", name="More trials"))
    await type_into(page, "Trials in all", "6")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert (await visitor.person.get(f"/studies/{study['id']}"))["spec"]["trials"] == 6
    # The focus is back where it was.
    await expect(page.get_by_role("button", name="More trials")).to_be_focused()
    await press(page, page.get_by_role("button", name="End the study"))
    await press(page, page.get_by_role("alertdialog").get_by_role("button", name="End the study"))
    await expect(page.locator("header [data-status=cancelled]")).to_be_visible()


async def test_a_simulation_is_run_and_cancelled(visit: Visit, desk: Desk, known_environments: list[str]) -> None:
    visitor = await visit()
    page = visitor.page
    await command(page, "simulation", "Simulation")
    await press(page, page.get_by_role("button", name="Run CartPole-v1"))
    await expect(page.get_by_label("Name", exact=True)).to_be_focused()
    await type_into(page, "Name", "balance")
    await type_into(page, "Episodes", "4")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1, name="balance")).to_be_visible()
    await press(page, page.get_by_role("button", name="Cancel"))
    await press(page, page.get_by_role("alertdialog").get_by_role("button", name="Cancel balance"))
    await expect(page.locator("[data-status=cancelled]")).to_be_visible()
    (made,) = (await visitor.person.get("/projects/default/simulations"))["items"]
    assert made["spec"]["episodes"] == 4


async def test_traffic_is_moved(visit: Visit, desk: Desk) -> None:
    visitor = await visit()
    ada = visitor.person
    await make_version(ada)
    name = f"chat-{ada.org}"
    service = await ada.post("/projects/default/services", {"name": name})
    for _ in range(2):
        await ada.post(f"/services/{service['id']}/deployments", {"model": "net", "version": "1", "weight": 50})
    page = visitor.page
    await command(page, "inference", "Inference")
    await press(page, page.get_by_role("link", name=name))
    traffic = page.get_by_role("form", name="Traffic")
    await tab_to(page, traffic.get_by_role("slider").first)
    await page.keyboard.press("End")
    await page.keyboard.press("ArrowLeft")
    await expect(traffic.get_by_role("slider").first).to_have_value("99")
    await press(page, traffic.get_by_role("button", name="Apply"))
    await expect(traffic).not_to_contain_text("→")
    deployments = (await ada.get(f"/services/{service['id']}/deployments"))["items"]
    assert sorted(each["weight"] for each in deployments) == [50, 99]


async def test_a_project_is_made_and_deleted(visit: Visit) -> None:
    visitor = await visit()
    page = visitor.page
    await command(page, "projects", "Projects")
    await press(page, page.get_by_role("button", name="New project"))
    await expect(page.get_by_label("Name", exact=True)).to_be_focused()
    await type_into(page, "Name", "Vision")
    await type_into(page, "Name in addresses", "vision")
    await page.keyboard.press("Enter")
    row = page.get_by_role("table", name="Projects").get_by_role("row").filter(has_text="Vision")
    await expect(row).to_be_visible()
    await press(page, page.get_by_role("button", name="Delete Vision"))
    await press(page, page.get_by_role("alertdialog").get_by_role("button", name="Delete"))
    await expect(row).to_have_count(0)
