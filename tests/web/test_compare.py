"""Runs beside each other: what differs of their configuration, environment and code, and what decides."""

import pytest
from playwright.async_api import expect

from app.kit.db import Database
from tests.fixtures.captured import capture, captured
from tests.fixtures.scheduling import TINY, Desk
from tests.web.conftest import Visit
from tests.web.many import make_runs
from tests.web.visitor import overflow, violations

pytestmark = pytest.mark.browser

WIDTHS = [(1440, "light"), (360, "dark")]


@pytest.mark.parametrize(("width", "theme"), WIDTHS)
async def test_environments_and_code_are_compared(visit: Visit, width: int, theme: str) -> None:
    visitor = await visit(width=width, theme=theme)
    ada = visitor.person
    shared = {"layers": 4}
    one = await captured(ada, x=2, torch="2.1", name="one", params=shared | {"lr": 0.1})
    two = await captured(ada, x=3, torch="2.2", name="two", params=shared | {"lr": 0.2})
    three = await captured(ada, x=2, torch="2.1", name="three", params=shared | {"lr": 0.1, "warmup": 10})
    page = await visitor.go(f"/experiments/compare?runs=%5B%22{one}%22%2C%22{two}%22%2C%22{three}%22%5D")
    packages = page.get_by_role("table", name="Packages").locator("tbody").get_by_role("row")
    await expect(packages).to_have_text(["py-yaml666", "torch2.12.22.1"])
    await page.get_by_label("Hide what is the same").check()
    await expect(packages).to_have_text(["torch2.12.22.1"])
    params = page.get_by_role("table", name="Parameters").locator("tbody").get_by_role("row")
    await expect(params).to_have_text(["lr0.10.20.1", "warmup––10"])
    await expect(page.get_by_role("group", name="Environment")).to_have_count(0)

    code = page.locator("[data-file='t.py']")
    await expect(code).to_contain_text("changed in different ways")
    await expect(code.locator("[data-change=removed]")).to_have_text("-+x = 2")
    await expect(code.locator("[data-change=added]")).to_have_text("++x = 3")
    assert await violations(page) == []
    assert await overflow(page) <= 0
    await page.get_by_label("To", exact=True).select_option(label="three")
    await expect(page.locator("[data-identical=true]")).to_contain_text("The same commit c1, with the same changes.")
    await expect(code.locator("[data-change]")).to_have_count(0)
    await page.reload()
    await expect(packages).to_have_count(1)


async def test_what_decides_is_told_of_the_runs_of_the_table(visit: Visit, controller_database: Database) -> None:
    visitor = await visit()
    await make_runs(visitor.person, 12, controller_database)
    page = await visitor.go("/experiments")
    for name in ("run-000", "run-001"):
        await page.get_by_role("checkbox", name=f"Choose {name}").check()
    await page.get_by_role("link", name="Compare").click()
    shares = page.locator("[data-importance]")
    await expect(shares).to_have_count(1)
    await expect(shares).to_contain_text("lr")
    await expect(shares).to_contain_text("correlation -1")
    await expect(page.get_by_text("from 12 runs")).to_be_visible()
    await page.get_by_label("Metric", exact=True).select_option(label="train/top 5")
    await expect(page.get_by_text("Share of what train/top 5 varies")).to_be_visible()

    page = await visitor.go("/experiments?filter=metrics.loss%20%3C%204")
    for name in ("run-010", "run-011"):
        await page.get_by_role("checkbox", name=f"Choose {name}").check()
    await page.get_by_role("link", name="Compare").click()
    await expect(page.get_by_text("3 runs that match have a finite")).to_be_visible()


@pytest.mark.parametrize(("width", "theme"), WIDTHS)
async def test_a_job_shows_what_was_changed_and_its_log_is_searched(
    visit: Visit, desk: Desk, width: int, theme: str
) -> None:
    visitor = await visit(width=width, theme=theme)
    ada = visitor.person
    job = await ada.post("/projects/default/training-jobs", TINY)
    run_id = job["run_id"]
    await capture(ada, run_id, x=7, torch="2.1", commit="abc123")
    lines = ["RuntimeError: CUDA out of memory\n", "memories of cudart\n", *(f"step {n}\n" for n in range(120))]
    logs = [{"time": 1.7e9 + at, "text": line} for at, line in enumerate(lines)]
    await ada.post(f"/runs/{run_id}/batches", {"source": "rank-0", "sequence": 0, "logs": logs})

    page = await visitor.go(f"/training/jobs/{job['id']}?tab=work")
    patch = page.get_by_label("Changed and not committed")
    await expect(patch.locator("[data-change=added]")).to_have_text("+x = 7")
    await expect(patch.locator("[data-change=removed]")).to_have_text("-x = 1")
    await expect(page.get_by_role("definition").filter(has_text="abc123")).to_be_visible()
    assert await violations(page) == []
    assert await overflow(page) <= 0

    page = await visitor.go(f"/training/jobs/{job['id']}?tab=logs")
    await page.get_by_label("Search the whole log").check()
    # Without words there is still the end of the log.
    await expect(page.get_by_role("log")).to_contain_text("step 119")
    await page.get_by_role("searchbox", name="Text to look for").fill('"out of memory" or cudart')
    hits = page.get_by_role("group", name="Lines that were found")
    await expect(hits.locator("mark")).to_have_text(["cudart", "out of memory"])
    await page.get_by_role("searchbox", name="Text to look for").fill("step")
    await expect(hits.locator("mark")).to_have_count(100)
    assert await violations(page) == []
    assert await overflow(page) <= 0
    await page.get_by_role("button", name="Show more").click()
    await expect(hits.locator("mark")).to_have_count(120)
    await page.get_by_role("searchbox", name="Text to look for").fill("-step")
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_role("searchbox", name="Text to look for").fill("nothing")
    await expect(page.get_by_text("Nothing matches")).to_be_visible()
