"""Services: made, deployed to, their traffic moved, talked to, deleted and taken back."""

import json
from typing import Any

import pytest
from playwright.async_api import Route, expect

from tests.fixtures.factories import make_version
from tests.fixtures.scheduling import Desk
from tests.web.conftest import Visit

pytestmark = pytest.mark.browser


async def test_a_service_is_made_and_a_model_deployed_to_it(visit: Visit, desk: Desk) -> None:
    visitor = await visit()
    await make_version(visitor.person)
    page = await visitor.go("/inference")
    await page.get_by_role("button", name="New service").click()
    name = f"chat-{visitor.person.org}"
    await page.get_by_label("Name", exact=True).fill(name)
    await page.get_by_role("button", name="Create").click()
    await expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    await page.get_by_role("button", name="Deploy a model").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Version").fill("no-such-alias")
    await dialog.get_by_role("button", name="Deploy").click()
    await expect(dialog.get_by_role("alert").or_(dialog.locator("[aria-invalid=true]"))).to_be_visible()
    await dialog.get_by_label("Version").fill("1")
    await dialog.get_by_role("button", name="Deploy").click()
    deployments = page.get_by_role("table", name="Deployments")
    await expect(deployments).to_contain_text("net v1")
    await expect(deployments.locator("[data-status=queued]")).to_be_visible()


async def test_traffic_shows_what_would_change_before_it_does(visit: Visit, desk: Desk) -> None:
    visitor = await visit()
    ada = visitor.person
    await make_version(ada)
    service = await ada.post("/projects/default/services", {"name": f"chat-{ada.org}"})
    for _ in range(2):
        await ada.post(f"/services/{service['id']}/deployments", {"model": "net", "version": "1", "weight": 50})
    page = await visitor.go(f"/inference/{service['id']}")
    traffic = page.get_by_role("form", name="Traffic")
    slider = traffic.get_by_role("slider").first
    await expect(traffic.get_by_role("button", name="Apply")).to_be_disabled()
    await slider.focus()
    await page.keyboard.press("Home")
    await expect(traffic).to_contain_text("50% → 0%")
    await traffic.get_by_role("button", name="Apply").click()
    await expect(traffic).not_to_contain_text("→")
    weights = sorted(each["weight"] for each in await ada.listed(f"/services/{service['id']}/deployments"))
    assert weights == [0, 50]

    await page.get_by_role("button", name="Stop net v1").first.click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Stop").click()
    await expect(traffic).to_have_count(0)


async def test_a_deleted_service_is_taken_back(visit: Visit) -> None:
    visitor = await visit()
    name = f"chat-{visitor.person.org}"
    service = await visitor.person.post("/projects/default/services", {"name": name})
    page = await visitor.go(f"/inference/{service['id']}")
    await page.get_by_role("button", name=f"Delete {name}").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("No service yet")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("link", name=name)).to_be_visible()


async def test_the_playground_streams_by_keyboard_and_says_it_in_code(visit: Visit) -> None:
    """No engine runs here: what one would answer is answered at the border of the browser."""
    visitor = await visit()
    name = f"chat-{visitor.person.org}"
    service = await visitor.person.post("/projects/default/services", {"name": name})
    asked: list[tuple[str, Any]] = []

    async def answer(route: Route) -> None:
        asked.append((route.request.url.partition("/v1/")[2], json.loads(route.request.post_data or "")))
        choices = [{"delta": {"content": "hel"}, "text": "hel"}], [{"delta": {"content": "lo"}, "text": "lo"}]
        lines = "".join(f"data: {json.dumps({'choices': each})}\n\n" for each in choices)
        await route.fulfill(content_type="text/event-stream", body=f"{lines}data: [DONE]\n\n")

    page = await visitor.go(f"/inference/{service['id']}")
    await page.route("**/v1/*completions", answer)
    await page.route("**/v1/chat/completions", answer)
    await page.get_by_label("Message").focus()
    await page.keyboard.type("hi")
    await expect(page.get_by_role("tabpanel", name="curl")).to_contain_text('"content": "hi"')
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("hello")
    await page.get_by_label("Mode").select_option("completion")
    await page.get_by_label("Prompt", exact=True).fill("def f")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("log")).to_contain_text("hello")
    assert [path for path, _ in asked] == ["chat/completions", "completions"]
    assert asked[1][1]["prompt"] == "def f"
    await page.get_by_role("tab", name="Python").click()
    await expect(page.get_by_role("tabpanel", name="Python")).to_contain_text("client.completions.create(")
