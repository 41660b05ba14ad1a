"""The dashboard shows what is so, while it changes."""

import pytest
from playwright.async_api import expect

from tests.fixtures.scheduling import TINY, Desk, hungry
from tests.web.conftest import Visit

pytestmark = pytest.mark.browser


async def test_counts_and_reasons_follow_the_queue(visit: Visit, desk: Desk) -> None:
    visitor = await visit()
    page, ada = visitor.page, visitor.person
    await expect(page.locator("[data-total=cluster]")).to_contain_text("CPU")
    await ada.post("/projects/default/training-jobs", TINY)
    await ada.post("/projects/default/training-jobs", hungry(6, name="hungry"))
    await expect(page.locator("[data-count=queued]")).to_have_text("2")
    await expect(page.get_by_text("enough free resources").first).to_be_visible()

    await desk.turn()
    _, worker = await desk.start("tiny")
    await desk.turn()
    await expect(page.locator("[data-count=running]")).to_have_text("1")
    waiting = page.get_by_role("listitem").filter(has=page.get_by_role("link", name="hungry"))
    await expect(waiting).to_contain_text("place 1 in the queue")

    await page.get_by_role("link", name="Training").click()
    await page.get_by_role("button", name="Cancel hungry").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Cancel the job").click()
    await expect(page.get_by_role("button", name="Retry hungry")).to_be_visible()
    await page.get_by_role("link", name="Dashboard").click()
    await expect(page.locator("[data-count=cancelled]")).to_have_text("1")
    await worker.aclose()


async def test_a_point_moves_the_curve(visit: Visit) -> None:
    visitor = await visit()
    await expect(visitor.page.get_by_text("No points yet")).to_be_visible()
    run_id = await visitor.run("falling", [3.0, 2.5])
    curve = visitor.page.locator("figure[data-metric=loss]")
    await expect(curve).to_contain_text("step 1: 2.5")
    await visitor.log(run_id, 2, [2.25])
    await expect(curve).to_contain_text("step 2: 2.25")
    await expect(visitor.page.get_by_role("table", name="Latest runs").get_by_role("link")).to_have_text("falling")


async def test_models_services_and_activity(visit: Visit) -> None:
    visitor = await visit()
    await visitor.person.post("/projects/default/models", {"name": "tiny"})
    await visitor.person.post("/projects/default/services", {"name": f"chat-{visitor.person.org}"})
    await expect(visitor.page.locator("[data-count=models]")).to_have_text("1")
    await expect(visitor.page.locator("[data-count=services]")).to_have_text("1")
    await expect(visitor.page.get_by_text("Service created")).to_be_visible()
    await visitor.run("first", [])
    await expect(visitor.page.get_by_text("Experiment created")).to_be_visible()
