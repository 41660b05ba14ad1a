"""The table of runs, the charts of one, and several beside each other."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from app.kit.db import Database
from tests.web.conftest import Visit
from tests.web.many import make_runs

pytestmark = pytest.mark.browser

WIDTHS = [1440, 360]
MANY = 230
"""More than one page of the table."""
MOST_TURNS = 500
"""Of the wheel, until the oldest run is seen."""


async def test_a_long_table_has_only_the_rows_that_one_sees(visit: Visit, controller_database: Database) -> None:
    visitor = await visit()
    await make_runs(visitor.person, MANY, controller_database)
    page = await visitor.go("/experiments")
    table = page.get_by_role("table", name="Runs")
    await expect(table).to_have_attribute("aria-rowcount", str(MANY))
    await expect(page.get_by_role("link", name=f"run-{MANY - 1}")).to_be_visible()
    oldest = page.get_by_role("link", name="run-000")
    for _ in range(MOST_TURNS):
        if await oldest.count():
            break
        await table.hover()
        await page.mouse.wheel(0, 4000)
        await page.evaluate("() => new Promise(requestAnimationFrame)")
    await expect(oldest).to_be_visible()
    assert await table.locator("[data-run]").count() < 80


@pytest.mark.parametrize("width", WIDTHS)
async def test_runs_are_found_sorted_and_shown_as_one_likes(
    visit: Visit, controller_database: Database, width: int
) -> None:
    visitor = await visit(width=width)
    await make_runs(visitor.person, 5, controller_database)
    page = await visitor.go("/experiments")
    rows = page.get_by_role("table", name="Runs").locator("[data-run]")
    filtering = page.get_by_role("textbox", name="Filter")
    await filtering.fill("metrics.loss < and")
    await filtering.press("Enter")
    await expect(page.get_by_role("alert").locator("[data-position='15'] mark")).to_have_text("a")
    await filtering.fill("metrics.loss < 3")
    await filtering.press("Enter")
    await expect(rows).to_have_count(2)
    await expect(page.locator("[data-total=runs]")).to_contain_text("2 runs")

    await page.get_by_role("button", name="Columns").click()
    await page.get_by_role("checkbox", name="lr").check()
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Views").click()
    await page.get_by_label("Save this view as").fill("good ones")
    await page.get_by_label("Save this view as").press("Enter")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Clear").click()
    await expect(rows).to_have_count(5)
    for wanted in ("run-004", "run-000"):
        await page.get_by_role("button", name="loss", exact=True).click()
        await expect(rows.first).to_contain_text(wanted)
    await page.reload()
    await expect(rows.first).to_contain_text("run-000")
    await expect(page.get_by_role("columnheader", name="lr")).to_be_visible()
    await page.get_by_role("button", name="Views").click()
    await page.get_by_role("button", name="good ones", exact=True).click()
    await expect(rows).to_have_count(2)


@pytest.mark.parametrize("width", WIDTHS)
async def test_two_runs_are_compared(visit: Visit, controller_database: Database, width: int) -> None:
    visitor = await visit(width=width)
    runs = await make_runs(visitor.person, 3, controller_database)
    page = await visitor.go("/experiments")
    await page.get_by_role("checkbox", name="Choose run-000").check()
    await page.get_by_role("checkbox", name="Choose run-002").check()
    await page.get_by_role("link", name="Compare").click()
    await expect(page.get_by_role("heading", level=1, name="Compare")).to_be_visible()
    params = page.get_by_role("table", name="Parameters").get_by_role("row")
    await expect(params).to_have_count(3)
    await page.get_by_label("Hide what is the same").check()
    await expect(params).to_have_count(2)
    await expect(params.last).to_contain_text("lr")
    chart = page.locator("figure[data-metric=loss]")
    await page.mouse.wheel(0, 10_000)
    await expect(chart).to_contain_text("run-002")
    await expect(page.locator("circle[data-point]")).to_have_count(2)
    await page.reload()
    await expect(params).to_have_count(2)
    assert runs[0] in page.url


async def test_how_charts_are_drawn_is_in_the_address(visit: Visit) -> None:
    visitor = await visit()
    run_id = await visitor.run("curved", [5.0, 3.0, 4.0, 2.0, 1.0])
    page = await visitor.go(f"/experiments/runs/{run_id}")
    await page.get_by_label("Logarithmic upwards").check()
    await page.get_by_label("Horizontal axis").select_option(label="Time since the start")
    await page.get_by_label("Smoothing").fill("0.5")
    await page.reload()
    await expect(page.get_by_label("Logarithmic upwards")).to_be_checked()
    await expect(page.get_by_label("Horizontal axis")).to_have_value("relative")
    await expect(page.get_by_label("Smoothing")).to_have_value("0.5")

    plot = page.locator("figure[data-metric=loss] .uplot")
    await _drag(page, plot.locator(".u-over"))
    await expect(plot).to_have_attribute("data-zoomed", "true")
    await plot.locator(".u-over").dblclick()
    await expect(plot).to_have_attribute("data-zoomed", "false")
    await page.get_by_role("button", name="Enlarge loss").click()
    await expect(page.get_by_role("dialog", name="loss").locator("figure")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_only_charts_near_the_window_are_drawn(visit: Visit) -> None:
    visitor = await visit()
    run_id = await visitor.run("wide", [])
    point = {"steps": [0, 1], "values": [1.0, 2.0], "times": [1.7e9, 1.7e9 + 1]}
    metrics = {f"layer/{number:03d}": point for number in range(120)}
    await visitor.person.post(f"/runs/{run_id}/batches", {"source": "t", "sequence": 0, "metrics": metrics})
    page = await visitor.go(f"/experiments/runs/{run_id}")
    await expect(page.locator("figure[data-metric='layer/000']")).to_be_visible()
    assert await page.locator("canvas").count() < 30
    await page.keyboard.press("End")
    await page.mouse.wheel(0, 100_000)
    await expect(page.locator("figure[data-metric='layer/119']")).to_be_visible()
    await expect(page.locator("figure[data-metric='layer/000']")).to_have_count(0)
    await page.get_by_role("searchbox", name="Part of a metric's name").fill("layer/05")
    await expect(page.locator("figure[data-metric^='layer/05']")).to_have_count(10)


async def _drag(page: Page, place: Any) -> None:
    await place.scroll_into_view_if_needed()
    box = await place.bounding_box()
    middle = box["y"] + box["height"] / 2
    await page.mouse.move(box["x"] + box["width"] * 0.2, middle)
    await page.mouse.down()
    await page.mouse.move(box["x"] + box["width"] * 0.7, middle, steps=5)
    await page.mouse.up()
