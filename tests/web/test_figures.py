"""What the platform has measured itself: the use of the cluster, and how services answer."""

from datetime import timedelta
from uuid import UUID

import pytest
from playwright.async_api import expect

from app.inference.recorder import Recorder
from app.inference.usage import Caller
from app.kit.db import Database
from tests.fixtures.pool_samples import clear, sample, shift
from tests.fixtures.scheduling import TINY, Desk
from tests.web.conftest import Visit
from tests.web.visitor import violations

pytestmark = pytest.mark.browser


async def test_the_use_of_the_cluster_over_time(visit: Visit, desk: Desk) -> None:
    await clear(desk)
    visitor = await visit()
    page = visitor.page
    await expect(page.get_by_text("Nothing has been sampled yet")).to_be_visible()
    await visitor.person.post("/projects/default/training-jobs", TINY)
    await desk.turn()
    await sample(desk)
    await shift(desk, timedelta(minutes=2))
    await page.reload()
    cpus = page.locator("[data-pool=default] figure[data-metric=CPUs]")
    await expect(cpus.get_by_role("listitem").filter(has_text="Your organization")).to_contain_text("2")
    await expect(cpus.get_by_role("listitem").filter(has_text="What there is")).to_contain_text("8")
    await expect(page.locator("figure[data-metric=GPUs]")).to_have_count(0)
    await expect(page.get_by_text("All organizations")).to_have_count(0)
    await page.get_by_label("Over").select_option("a week")
    await expect(page).to_have_url(f"{visitor.address}/p/default?span=week")
    await page.reload()
    await expect(page.get_by_label("Over")).to_have_value("week")
    assert await violations(page) == []


async def test_how_a_service_answers(visit: Visit, desk: Desk, app_database: Database) -> None:
    visitor = await visit()
    ada = visitor.person
    service = await ada.post("/projects/default/services", {"name": f"chat-{ada.org}"})
    page = await visitor.go(f"/inference/{service['id']}")
    await expect(page.get_by_text("Nobody has called this service")).to_be_visible()
    recorder = Recorder(app_database)
    for outcome in ("succeeded", "succeeded", "failed", "refused"):
        record = recorder.of(Caller(ada.org_id, ada.project_id, UUID(service["id"]), ada.user_id), None)
        record.used(prompt_tokens=30, completion_tokens=20)
        record.ended(outcome)
    await recorder.write()
    await desk.execute("UPDATE service_samples SET at = at - interval '1 minute'")
    await expect(page.locator("[data-figure=requests]")).to_have_text("4")
    await expect(page.locator("[data-figure=errors]")).to_have_text("50%")
    await expect(page.locator("[data-figure=tokens]")).to_have_text("200")
    await expect(page.locator("[data-figure=p99]")).to_contain_text(" s")
    for title in ("Requests per second", "Latency, seconds", "Tokens per second", "Replicas"):
        await expect(page.locator(f"figure[data-metric='{title}']")).to_be_visible()
    await expect(page.get_by_text("not finite")).to_have_count(0)
    assert await violations(page) == []
