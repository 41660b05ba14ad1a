"""Jobs and studies: found, begun with a plan, watched, cancelled, retried."""

import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.fixtures.auth import Person
from tests.fixtures.scheduling import TINY, Desk, hungry
from tests.web.conftest import Visit
from tests.web.keys import press

pytestmark = pytest.mark.browser

JOBS = "/projects/default/training-jobs"
STUDY = {
    "name": "search",
    "metric": "accuracy",
    "mode": "max",
    "trials": 4,
    "space": {
        "learning_rate": {"kind": "log_uniform", "low": 0.001, "high": 0.1},
        "hidden": {"kind": "choice", "values": [8, 16]},
    },
    "base": TINY,
}


async def test_the_address_tells_which_jobs_are_shown(visit: Visit, desk: Desk) -> None:
    visitor = await visit()
    ada = visitor.person
    for name in ("alpha-one", "alpha-two", "beta"):
        await ada.post(JOBS, TINY | {"name": name})
    page = await visitor.go("/training")
    rows = page.get_by_role("table", name="Jobs").get_by_role("row")
    await expect(rows).to_have_count(4)
    await page.get_by_role("searchbox", name="Part of the name").fill("alpha")
    await expect(rows).to_have_count(3)
    await page.get_by_role("button", name="Failed").click()
    await expect(page.get_by_text("Nothing matches")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("searchbox", name="Part of the name")).to_have_value("alpha")
    await expect(page.get_by_role("button", name="Failed")).to_have_attribute("aria-pressed", "true")
    await page.get_by_role("button", name="Failed").click()
    await expect(rows).to_have_count(3)


async def test_several_jobs_are_cancelled_and_retried_together(visit: Visit, desk: Desk) -> None:
    visitor = await visit()
    for name in ("first", "second", "third"):
        await visitor.person.post(JOBS, TINY | {"name": name})
    page = await visitor.go("/training")
    await page.get_by_role("checkbox", name="Choose first").check()
    await page.get_by_role("checkbox", name="Choose second").check()
    await page.get_by_role("button", name="Cancel (2)").click()
    asked = page.get_by_role("alertdialog", name="Cancel (2)")
    await asked.get_by_role("button", name="Go back").click()
    await expect(page.locator("[data-status=queued]")).to_have_count(3)
    await page.get_by_role("checkbox", name="Choose all that are shown").check()
    await page.get_by_role("button", name="Cancel (3)").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Cancel the job").click()
    await expect(page.locator("[data-status=cancelled]")).to_have_count(3)
    await page.get_by_role("button", name="Retry second").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Retry the job").click()
    await expect(page.locator("[data-status=queued]")).to_have_count(1)


async def test_a_job_is_planned_submitted_and_watched(visit: Visit, desk: Desk) -> None:
    visitor = await visit()
    page = await visitor.go("/training")
    await page.get_by_role("link", name="New job").click()
    await page.get_by_role("link", name="Classifier").click()
    name = page.get_by_label("Name", exact=True)
    await name.fill("Not A Name")
    await page.get_by_role("button", name="Check the plan").click()
    await expect(name).to_have_attribute("aria-invalid", "true")
    await name.fill("digits")
    await page.get_by_label("Workers", exact=True).fill("500")
    await page.get_by_role("button", name="Check the plan").click()
    await expect(page.get_by_role("alert")).to_contain_text("this can never run here")
    await page.get_by_label("Workers", exact=True).fill("2")
    await page.get_by_role("button", name="Check the plan").click()
    await expect(page.locator("[data-plan]")).to_contain_text("Asks for 3 CPU and fits")
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_role("heading", level=1, name="digits")).to_be_visible()

    await desk.turn()
    task, worker = await desk.start("digits")
    await desk.turn()
    await visitor.log(task.run_id, 0, [3.0, 2.0])
    curve = page.locator("figure[data-metric=loss]")
    await expect(curve).to_contain_text("step 1: 2")
    await visitor.log(task.run_id, 2, [1.5])
    await expect(curve).to_contain_text("step 2: 1.5")
    parts = page.get_by_role("navigation", name="Parts of the job")
    await parts.get_by_role("link", name="Logs").click()
    await expect(page.get_by_role("log")).to_contain_text("step 2 is done")
    await page.get_by_role("searchbox", name="Text to look for").fill("STEP 0")
    await expect(page.get_by_role("status").filter(has_text="1 of 2")).to_be_visible()
    await expect(page.get_by_role("log").locator("mark")).to_have_text("step 0")
    await parts.get_by_role("link", name="Attempts and resources").click()
    await expect(page.get_by_role("table", name="Workers and resources")).to_contain_text("Worker × 2")
    await expect(page.locator("[data-cost]")).to_contain_text("of CPU time")
    await expect(page.get_by_role("table", name="Attempts").get_by_role("row")).to_have_count(2)

    await page.get_by_role("button", name="Cancel the job").focus()
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("alertdialog")
    await press(page, dialog.get_by_role("button", name="Cancel the job"))
    await expect(dialog).to_be_hidden()
    await expect(page.locator("header [data-status=stopping], header [data-status=cancelled]")).to_be_visible()
    await worker.aclose()


async def test_another_job_begins_with_what_one_was_submitted_with(visit: Visit, desk: Desk) -> None:
    visitor = await visit()
    job = await visitor.person.post(JOBS, hungry(2, name="original", epochs=7))
    page = await visitor.go(f"/training/jobs/{job['id']}")
    await page.get_by_role("link", name="Another like it").click()
    await expect(page.get_by_label("Epochs")).to_have_value("7")
    await expect(page.get_by_label("Workers", exact=True)).to_have_value("2")
    await page.get_by_label("Name", exact=True).fill("copy")
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_role("heading", level=1, name="copy")).to_be_visible()
    made = (await visitor.person.get(JOBS))["items"][0]
    assert made["spec"] == job["spec"] | {"name": "copy"}


async def test_a_study_shows_what_separates_its_trials(visit: Visit, desk: Desk) -> None:
    visitor = await visit()
    study = await _study(visitor.person, [0.5, 0.9, 0.7])
    page = await visitor.go(f"/training/studies/{study['id']}")
    await expect(page.locator("[data-best]")).to_have_text("0.9")
    await expect(page.locator("svg polyline")).to_have_count(3)
    await expect(page.get_by_role("img", name=re.compile("Best so far, Each trial"))).to_be_visible()
    await page.get_by_label("Order").select_option(label="Best first")
    trials = page.get_by_role("table", name="Trials").get_by_role("row").get_by_role("link")
    await expect(trials).to_have_text(["#1", "#2", "#0"])
    await page.reload()
    await expect(trials).to_have_text(["#1", "#2", "#0"])
    await page.get_by_role("button", name="End the study").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="End the study").click()
    await expect(page.locator("header [data-status=cancelled]")).to_be_visible()


async def test_a_phone_begins_a_job_in_chinese_and_cancels_it(visit: Visit, desk: Desk) -> None:
    visitor = await visit(width=360, language="zh-CN")
    page = await visitor.go("/training/new?recipe=classify")
    await page.get_by_label("名称", exact=True).fill("digits")
    await page.get_by_role("button", name="检查计划").click()
    await expect(page.locator("[data-plan]")).to_contain_text("可以放下")
    await page.get_by_role("button", name="提交").click()
    await expect(page.get_by_role("heading", level=1, name="digits")).to_be_visible()
    await expect(page.get_by_text("排队中").first).to_be_visible()
    await page.get_by_role("button", name="取消任务").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="取消任务").click()
    cancelled = page.locator("header [data-status=cancelled]")
    await expect(cancelled).to_have_text("已取消")
    await page.get_by_role("button", name="Switch to English").click()
    await expect(cancelled).to_have_text("Cancelled")


async def _study(ada: Person, values: list[float]) -> dict[str, Any]:
    study: dict[str, Any] = await ada.post("/projects/default/studies", STUDY)
    for number, value in enumerate(values):
        params = {"learning_rate": 0.01 * (number + 1), "hidden": 8 * (1 + number % 2)}
        trial = await ada.post(f"/studies/{study['id']}/trials", {"number": number, "params": params})
        await ada.patch(f"/trials/{trial['id']}", {"status": "succeeded", "value": value})
    return study


async def test_jobs_are_sorted_by_the_address(visit: Visit, desk: Desk) -> None:
    visitor = await visit()
    for name in ("bravo", "alpha", "charlie"):
        await visitor.person.post(JOBS, TINY | {"name": name})
    page = await visitor.go("/training")
    links = page.get_by_role("table", name="Jobs").get_by_role("link")
    await expect(links).to_have_text(["charlie", "alpha", "bravo"])
    await page.get_by_role("columnheader", name="Name").get_by_role("button").click()
    await expect(links).to_have_text(["alpha", "bravo", "charlie"])
    await expect(page.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "ascending")
    await page.get_by_role("columnheader", name="Name").get_by_role("button").click()
    await expect(links).to_have_text(["charlie", "bravo", "alpha"])
    await page.reload()
    await expect(links).to_have_text(["charlie", "bravo", "alpha"])
    await expect(page.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "descending")


async def test_a_study_is_given_more_trials(visit: Visit, desk: Desk) -> None:
    visitor = await visit()
    study = await visitor.person.post("/projects/default/studies", STUDY)
    page = await visitor.go(f"/training/studies/{study['id']}")
    await page.get_by_role("button", name="More trials").click()
    dialog = page.get_by_role("dialog", name="More trials for search")
    trials = dialog.get_by_label("Trials in all")
    await expect(trials).to_have_value("8")
    await trials.fill("4")
    await dialog.get_by_role("button", name="More trials").click()
    await expect(trials).to_have_attribute("aria-invalid", "true")
    await trials.fill("6")
    await dialog.get_by_role("button", name="More trials").click()
    await expect(dialog).to_have_count(0)
    assert (await visitor.person.get(f"/studies/{study['id']}"))["spec"]["trials"] == 6


async def test_which_parameters_decide(visit: Visit, desk: Desk) -> None:
    visitor = await visit()
    ada = visitor.person
    study = await ada.post("/projects/default/studies", STUDY | {"trials": 12})
    for number in range(12):
        params = {"learning_rate": 0.001 * (1 + number), "hidden": 8 if number % 2 else 16}
        trial = await ada.post(f"/studies/{study['id']}/trials", {"number": number, "params": params})
        await ada.patch(f"/trials/{trial['id']}", {"status": "succeeded", "value": number / 12})
    page = await visitor.go(f"/training/studies/{study['id']}")
    shares = page.locator("[data-importance]")
    await expect(shares).to_have_count(2)
    await expect(shares.first).to_contain_text("learning_rate")
    await expect(shares.first).to_contain_text("correlation 1")
