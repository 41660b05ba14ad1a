"""The page of a run: curves, parameters, logs, artifacts."""

import hashlib
import re

import pytest
from playwright.async_api import expect

from tests.web.conftest import Visit

pytestmark = pytest.mark.browser


async def test_what_is_not_finite_is_a_gap_that_is_told(visit: Visit) -> None:
    visitor = await visit()
    run_id = await visitor.run("diverging", [3.0, "NaN", "Infinity", 2.0])
    page = await visitor.go(f"/experiments/runs/{run_id}")
    await expect(page.locator("figure[data-metric=loss]")).to_contain_text("step 3: 2")
    await expect(page.get_by_text("2 points are NaN or infinite")).to_be_visible()


async def test_parameters_and_a_log_that_grows(visit: Visit) -> None:
    visitor = await visit()
    run_id = await visitor.run("talking", [1.0])
    page = await visitor.go(f"/experiments/runs/{run_id}")
    parts = page.get_by_role("navigation", name="Parts of the run")
    await parts.get_by_role("link", name="Parameters").click()
    await expect(page.get_by_role("definition").filter(has_text=re.compile("^4$"))).to_be_visible()
    await parts.get_by_role("link", name="Logs").click()
    await expect(page.get_by_role("log")).to_contain_text("step 0 is done")
    await visitor.log(run_id, 1, [0.5])
    await expect(page.get_by_role("log")).to_contain_text("step 1 is done")
    await page.reload()
    await expect(page.get_by_role("log")).to_contain_text("step 1 is done")


async def test_a_stored_page_opens_without_its_scripts(visit: Visit) -> None:
    visitor = await visit()
    run_id = await visitor.run("reporting", [])
    content = b"<title>quiet</title><p>figures</p><script>document.title = 'loud'</script>"
    digest = hashlib.sha256(content).hexdigest()
    stored = await visitor.person.http.put(f"/api/v1/runs/{run_id}/blobs/{digest}", content=content)
    assert stored.status_code == 201
    files = [{"path": "pages/report.html", "sha256": digest, "size": len(content)}]
    artifact = {"name": "evaluation", "type": "report", "files": files}
    await visitor.person.post(f"/runs/{run_id}/artifacts", artifact)
    page = await visitor.go(f"/experiments/runs/{run_id}?tab=artifacts")
    async with page.expect_popup() as opened:
        await page.get_by_role("link", name="pages/report.html").click()
    report = await opened.value
    await expect(report.get_by_text("figures")).to_be_visible()
    assert await report.title() == "quiet"


async def test_a_foreign_run_is_not_there(visit: Visit) -> None:
    visitor = await visit()
    await visitor.page.goto(f"{visitor.address}/p/default/experiments/runs/{visitor.person.user_id}")
    await expect(visitor.page.get_by_role("alert")).to_contain_text("there is no run")
