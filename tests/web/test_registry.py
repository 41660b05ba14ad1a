"""A model: its versions, what they are called, what is written of them, and one of them deployed."""

import pytest
from playwright.async_api import expect

from tests.fixtures.factories import make_version
from tests.fixtures.scheduling import Desk
from tests.web.conftest import Visit

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1440, 360])
async def test_an_alias_moves_after_its_gate_was_told(visit: Visit, desk: Desk, width: int) -> None:
    visitor = await visit(width=width)
    ada = visitor.person
    version = await make_version(ada)
    model = version["model"]["id"]
    gate = {"rules": [{"kind": "metric", "metric": "accuracy", "at_least": 0.9}]}
    assert (await ada.http.put(f"/api/v1/models/{model}/gates/stable", json=gate)).status_code == 200
    page = await visitor.go(f"/experiments/models/{model}")
    await expect(page.locator("[data-alias=champion]")).to_be_visible()
    await page.get_by_role("button", name="Move an alias to version 1").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("It points at version 1 already.")
    await dialog.get_by_label("Alias").fill("stable")
    await expect(dialog.locator("[data-gate=false]")).to_contain_text("accuracy")
    await dialog.get_by_role("button", name="Move", exact=True).click()
    await expect(dialog.get_by_role("alert")).to_be_visible()
    await dialog.get_by_label("Alias").fill("tried")
    await expect(dialog).to_contain_text("No gate holds for this alias.")
    await dialog.get_by_role("button", name="Move", exact=True).click()
    await expect(page.locator("[data-alias=tried]")).to_be_visible()
    await page.get_by_role("button", name="Remove the alias tried").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Remove", exact=True).click()
    await expect(page.locator("[data-alias=tried]")).to_have_count(0)


async def test_a_card_is_read_and_a_version_deployed(visit: Visit, desk: Desk) -> None:
    visitor = await visit()
    version = await make_version(visitor.person)
    page = await visitor.go(f"/experiments/models/{version['model']['id']}")
    await expect(page.locator("[data-card='1']").get_by_role("heading", name="How to use it")).to_be_visible()
    await page.get_by_role("button", name="Deploy net, version 1").click()
    dialog = page.get_by_role("dialog")
    name = f"net-{visitor.person.org}"
    await dialog.get_by_label("Service").fill(name)
    await dialog.get_by_role("button", name="Deploy").click()
    await expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    await expect(page.get_by_role("table", name="Deployments")).to_contain_text("net v1")


async def test_the_address_tells_which_models_are_shown(visit: Visit) -> None:
    visitor = await visit()
    for name in ("digits-small", "digits-large", "chat"):
        await visitor.person.post("/projects/default/models", {"name": name})
    page = await visitor.go("/experiments/models")
    rows = page.get_by_role("table", name="Models").locator("tbody").get_by_role("row")
    await expect(rows).to_have_count(3)
    await page.get_by_role("searchbox", name="Part of the name").fill("digits")
    await expect(rows).to_have_count(2)
    await page.reload()
    await expect(rows).to_have_count(2)
    await page.get_by_role("searchbox", name="Part of the name").fill("nothing")
    await expect(page.get_by_text("Nothing matches")).to_be_visible()
