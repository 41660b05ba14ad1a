"""Episodes that a simulation recorded, played in the page: with the pictures of a real environment, and without any."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from app.cluster.base import JobPhase
from sim.recording import record
from sim.report import write_report
from sim.rollout import roll_out
from tests.fixtures.factories import make_artifact
from tests.fixtures.scheduling import Desk
from tests.sim.environments import FRAGILE
from tests.web.conftest import Visit
from tests.web.visitor import Visitor, overflow
from trine.console import Console
from trine.specs.simulation import SimulationSpec

pytestmark = pytest.mark.browser


async def simulated(visitor: Visitor, desk: Desk, folder: Path, **settings: Any) -> Page:
    """The page of a simulation that has succeeded; what its job does is done here."""
    files = await asyncio.to_thread(reported, folder, **settings)
    made = await visitor.person.post("/projects/default/simulations", {"name": "drive"})
    await desk.turn()
    _, worker = await desk.start("drive")
    await worker.aclose()
    await make_artifact(visitor.person, made["run_id"], files, name="report", kind="report")
    desk.cluster.end(desk.name("drive"), JobPhase.SUCCEEDED)
    await desk.turn()
    return await visitor.go(f"/simulation/{made['id']}")


def reported(folder: Path, **settings: Any) -> dict[str, bytes]:
    spec = SimulationSpec.model_validate({"name": "drive", "episodes": 4, "recorded_episodes": 2, **settings})
    result = roll_out(spec, Console(), local=True)
    write_report(result, folder)
    record(result, folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("width", [1440, 360])
async def test_an_episode_is_played_and_stepped(visit: Visit, desk: Desk, tmp_path: Path, width: int) -> None:
    visitor = await visit(width=width)
    page = await simulated(
        visitor, desk, tmp_path, environment="trine/Warehouse-v0", policy={"kind": "scripted", "name": "default"}
    )
    await expect(page.get_by_label("Episode", exact=True).locator("option")).to_have_count(2)
    position = page.locator("[data-step]")
    await expect(position).to_have_attribute("data-step", "0")
    frame = page.get_by_role("img", name="The environment at step 0")
    await expect(frame).to_be_visible()
    loaded = """async (place) => {
      const picture = new Image();
      picture.src = getComputedStyle(place).backgroundImage.slice(5, -2);
      await picture.decode();
      return [picture.naturalWidth % place.clientWidth, picture.naturalWidth > 0];
    }"""
    assert await frame.evaluate(loaded) == [0, True]
    await expect(page.locator("figure[data-metric='Return so far']")).to_be_visible()
    assert await overflow(page) <= 0

    await page.get_by_role("button", name="One step forward").click()
    await expect(position).to_have_attribute("data-step", "1")
    step = page.get_by_role("slider", name="Step")
    await step.focus()
    await page.keyboard.press("ArrowRight")
    await expect(position).to_have_attribute("data-step", "2")
    await page.keyboard.press("End")
    await expect(position).to_have_attribute("data-step", str(await step.get_attribute("max")))
    await page.keyboard.press("Space")
    await expect(page.get_by_role("button", name="Pause")).to_be_visible()
    await expect(position).not_to_have_attribute("data-step", "0")
    await page.keyboard.press("Space")
    await expect(page.get_by_role("button", name="Play")).to_be_visible()

    await page.emulate_media(reduced_motion="reduce")
    await expect(page.get_by_text("less motion")).to_be_visible()
    await expect(page.get_by_label("Speed")).to_have_count(0)
    await page.emulate_media(reduced_motion="no-preference")
    await page.get_by_label("Speed").select_option("4")


async def test_an_environment_that_cannot_be_drawn_says_so(visit: Visit, desk: Desk, tmp_path: Path) -> None:
    page = await simulated(await visit(), desk, tmp_path, environment=FRAGILE, seed=3)
    await expect(page.get_by_text("has no render mode rgb_array")).to_be_visible()
    await page.get_by_role("button", name="One step forward").click()
    await expect(page.locator("[data-step]")).to_contain_text("return so far 1")
    await expect(page.get_by_role("img", name="The environment at step")).to_have_count(0)
