"""From the sign-in to a chat with what one has trained, as somebody does it on their first day.

No Ray runs here: its worker and its engine are played at the border to it. Everything between them and the screen, the
gateway with it, is real.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from playwright.async_api import Page, expect

from app.cluster.base import ApplicationPhase, JobPhase
from app.config import Settings
from app.inference.gateway_app import build_gateway
from tests.fixtures.app import serving
from tests.fixtures.auth import PASSWORD, Person
from tests.fixtures.scheduling import Desk
from tests.web.conftest import OpenPage
from tests.web.keys import command, press, tab_to, type_into
from tests.web.talking import Echo
from tests.web.visitor import Visitor, overflow

pytestmark = pytest.mark.browser

WEIGHTS = b"what was learned"


@pytest.fixture
async def address(settings: Settings, web_app: FastAPI) -> AsyncIterator[str]:
    """Of the platform as its proxy shows it: the gateway, with an engine behind it, beside the application."""
    gateway = build_gateway(settings, Echo())
    front = FastAPI(openapi_url=None)
    front.mount("/v1", gateway)
    front.mount("/", web_app)
    async with gateway.router.lifespan_context(gateway), serving(front) as found:
        yield found


async def sign_in(page: Page, person: Person) -> None:
    await type_into(page, "Email", person.email)
    await type_into(page, "Password", PASSWORD)
    await page.keyboard.press("Enter")


async def save_model(worker: httpx.AsyncClient, run_id: UUID) -> None:
    digest = hashlib.sha256(WEIGHTS).hexdigest()
    (await worker.put(f"/api/v1/runs/{run_id}/blobs/{digest}", content=WEIGHTS)).raise_for_status()
    files = [{"path": "model.safetensors", "sha256": digest, "size": len(WEIGHTS)}]
    model = {"name": "model", "type": "model", "files": files, "metadata": {"framework": "transformers"}}
    (await worker.post(f"/api/v1/runs/{run_id}/artifacts", json=model)).raise_for_status()


async def train(desk: Desk, page: Page, visitor: Visitor, name: str) -> None:
    """What happens elsewhere meanwhile: a process begins, reports, saves its model, and ends."""
    await desk.turn()
    task, worker = await desk.start(name)
    curve = page.locator("figure[data-metric=loss]")
    for step, loss in enumerate([2.0, 1.0]):
        await visitor.log(task.run_id, step, [loss])
        await expect(curve).to_contain_text(f"step {step}: {loss:g}")
    async with worker:
        await save_model(worker, task.run_id)
    desk.cluster.end(desk.name(name), JobPhase.SUCCEEDED)
    await desk.turn()
    await expect(page.locator("header [data-status=succeeded]")).to_be_visible()


async def start_engine(desk: Desk, page: Page, service: str) -> None:
    await expect(page.get_by_role("heading", level=1, name=service)).to_be_visible()
    await desk.turn()
    desk.cluster.become(desk.name(service), ApplicationPhase.READY)
    await desk.turn()
    await expect(page.locator("[data-status=ready]").first).to_be_visible()


@pytest.mark.parametrize("width", [1440, 360])
async def test_from_the_sign_in_to_a_chat(
    open_page: OpenPage, address: str, ada: Person, desk: Desk, width: int
) -> None:
    page = await open_page(width=width)
    visitor = Visitor(page, address, ada)
    await page.goto(f"{address}/p/default/training/new?recipe=lm")
    await sign_in(page, ada)
    await page.get_by_label("Name", exact=True).fill("tales")
    await page.get_by_label("Register the result as").fill("teller")
    await page.get_by_label("Alias of the version").fill("champion")
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_role("heading", level=1, name="tales")).to_be_visible()
    await train(desk, page, visitor, "tales")

    await page.get_by_role("navigation", name="Parts of the job").get_by_role("link", name="Artifacts").click()
    async with page.expect_download() as begun:
        await page.get_by_role("link", name="model.safetensors").click()
    saved = await (await begun.value).path()
    assert await asyncio.to_thread(saved.read_bytes) == WEIGHTS
    assert await overflow(page) <= 0

    await visitor.go("/experiments/models")
    await page.get_by_role("link", name="teller").click()
    await expect(page.locator("[data-alias=champion]")).to_be_visible()
    await page.get_by_role("button", name="Deploy teller, version 1").click()
    service = f"teller-{ada.org}"
    await page.get_by_label("Service", exact=True).fill(service)
    await page.get_by_role("dialog").get_by_role("button", name="Deploy").click()
    await start_engine(desk, page, service)

    await page.get_by_label("Message").fill("once upon a time")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator("[data-role=assistant]")).to_have_text("once upon a time ")
    assert await overflow(page) <= 0


async def test_the_same_without_a_mouse(open_page: OpenPage, address: str, ada: Person, desk: Desk) -> None:
    page = await open_page()
    visitor = Visitor(page, address, ada)
    await page.goto(address)
    await sign_in(page, ada)
    await expect(page.get_by_role("heading", level=1, name="Dashboard")).to_be_visible()

    await command(page, "new training", "New training job")
    await press(page, page.get_by_role("link", name="Language model"))
    await type_into(page, "Name", "tales")
    await type_into(page, "Register the result as", "teller")
    await page.keyboard.press("Enter")
    await press(page, page.get_by_role("button", name="Submit"))
    await expect(page.get_by_role("heading", level=1, name="tales")).to_be_visible()
    await train(desk, page, visitor, "tales")
    await press(page, page.get_by_role("navigation", name="Parts of the job").get_by_role("link", name="Artifacts"))
    await tab_to(page, page.get_by_role("link", name="model.safetensors"))

    await command(page, "registry", "Models")
    await press(page, page.get_by_role("link", name="teller"))
    await press(page, page.get_by_role("button", name="Deploy teller, version 1"))
    service = f"teller-{ada.org}"
    await type_into(page, "Service", service)
    await page.keyboard.press("Enter")
    await start_engine(desk, page, service)
    await type_into(page, "Message", "once upon a time")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-role=assistant]")).to_have_text("once upon a time ")
