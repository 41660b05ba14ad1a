"""Environments as the catalogue has them, and a simulation from the page to the queue and out of it."""

import pytest
from playwright.async_api import expect

from tests.fixtures.scheduling import Desk
from tests.web.conftest import Visit

pytestmark = pytest.mark.browser


async def test_an_environment_is_shown_and_run(visit: Visit, desk: Desk, known_environments: list[str]) -> None:
    assert "CartPole-v1" in known_environments
    visitor = await visit()
    page = await visitor.go("/simulation")
    frame = page.get_by_role("img", name="A frame of CartPole-v1")
    await expect(frame).to_be_visible()
    assert await frame.evaluate("picture => picture.complete && picture.naturalWidth > 0")
    spaces = page.get_by_label("Spaces of CartPole-v1")
    await expect(spaces).to_contain_text("Box(4,) float32")
    await expect(spaces).to_contain_text("Discrete(2)")

    await page.get_by_role("button", name="Run CartPole-v1").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("Upper Case")
    await dialog.get_by_label("Policy").select_option(label="Scripted: default")
    await dialog.get_by_role("button", name="Run a simulation").click()
    await expect(dialog.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    await dialog.get_by_label("Name").fill("balance")
    await dialog.get_by_label("Recorded episodes").fill("0")
    await dialog.get_by_role("button", name="Run a simulation").click()
    await expect(page.get_by_role("heading", level=1, name="balance")).to_be_visible()
    (made,) = (await visitor.person.get("/projects/default/simulations"))["items"]
    assert made["spec"]["policy"] == {"kind": "scripted", "name": "default"}
    assert made["spec"]["recorded_episodes"] == 0

    await page.get_by_role("button", name="Cancel").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Cancel balance").click()
    await expect(page.locator("[data-status=cancelled]")).to_be_visible()
    await expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
