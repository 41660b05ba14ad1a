"""A point that a program logs with the client is on the screen within a second."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

import trine
from tests.fixtures.auth import Person
from tests.web.conftest import Visit

pytestmark = pytest.mark.browser

SECONDS = 1.0
POINTS = 8
NOTE = """() => {
  window.shown = {};
  const note = () => {
    const step = document.querySelector("figure[data-metric=loss]")?.dataset.lastStep;
    if (step !== undefined) window.shown[step] ??= Date.now() / 1000;
    requestAnimationFrame(note);
  };
  note();
}"""


@pytest.fixture
async def run(served: str, ada: Person, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[trine.Run]:
    """A run of a program with a key of Ada's."""
    monkeypatch.setenv("TRINE_URL", served)
    monkeypatch.setenv("TRINE_API_KEY", (await ada.api_key("live"))["key"])
    monkeypatch.setenv("TRINE_HOME", str(tmp_path))
    begun = await asyncio.to_thread(trine.init, name="live")
    yield begun
    await asyncio.to_thread(begun.finish)


async def test_a_point_is_shown_within_a_second(visit: Visit, run: trine.Run) -> None:
    visitor = await visit()
    run.log({"loss": 10.0}, step=0)
    page = await visitor.go(f"/experiments/runs/{run.id}")
    await expect(page.locator("figure[data-metric=loss]")).to_contain_text("step 0: 10")
    await page.evaluate(NOTE)
    waited: list[float] = []
    for step in range(1, POINTS + 1):
        logged = time.time()
        run.log({"loss": 10.0 / (step + 1)}, step=step)
        shown = await page.wait_for_function("step => window.shown[step]", arg=step)
        waited.append(await shown.json_value() - logged)
    assert max(waited) <= SECONDS, [round(each, 3) for each in waited]
