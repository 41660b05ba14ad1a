"""Views that are kept and shared, and runs in groups."""

import pytest
from playwright.async_api import expect

from app.auth.permissions import Role
from app.kit.db import Database
from tests.fixtures.auth import Person
from tests.fixtures.members import join
from tests.web.conftest import Visit
from tests.web.many import make_runs
from tests.web.visitor import overflow, violations

pytestmark = pytest.mark.browser

WIDTHS = [1440, 360]


@pytest.mark.parametrize("width", WIDTHS)
async def test_a_view_is_kept_shared_and_changed_by_two(
    visit: Visit, bob: Person, controller_database: Database, width: int
) -> None:
    visitor = await visit(width=width)
    ada = visitor.person
    await join(ada, bob, Role.MEMBER)
    await make_runs(ada, 4, controller_database)
    for name, shared in (("of bob alone", False), ("of the team", True)):
        told = {"name": name, "shared": shared, "filter": "metrics.loss < 3"}
        await bob.post(f"/projects/{ada.project_id}/run-views", told)
    page = await visitor.go("/experiments")
    await page.get_by_role("button", name="Views").click()
    dialog = page.get_by_role("dialog", name="Views")
    views = dialog.get_by_role("list", name="Views").get_by_role("button")
    await expect(views).to_have_count(1)
    await views.click()
    await expect(page.locator("[data-total=runs]")).to_contain_text("2 runs")

    await dialog.get_by_label("Save this view as").fill("my own")
    await dialog.get_by_role("button", name="Save").click()
    chosen = dialog.get_by_role("group", name="my own")
    await expect(chosen.get_by_label("Everybody in the project sees it")).not_to_be_checked()
    # Without a click outside, which only closes the views.
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Clear").click()
    await page.reload()
    await page.get_by_role("button", name="Views").click()
    (own,) = [view for view in await ada.get("/projects/default/run-views") if view["name"] == "my own"]
    await expect(chosen.get_by_role("button", name="Keep the changes")).to_be_enabled()
    await ada.patch(f"/run-views/{own['id']}", {"sort": "metrics.loss"})
    await chosen.get_by_role("button", name="Keep the changes").click()
    await expect(chosen.get_by_role("alert")).to_contain_text("it has been changed since it was read")
    assert (await ada.get(f"/run-views/{own['id']}"))["filter"] == "metrics.loss < 3"
    await chosen.get_by_role("button", name="Try again").click()
    await expect(chosen.get_by_role("alert")).to_have_count(0)
    await chosen.get_by_role("button", name="Keep the changes").click()
    await expect(page.get_by_text("The view my own is changed.").first).to_be_visible()
    await chosen.get_by_label("Everybody in the project sees it").click()
    await expect(views.filter(has=page.get_by_role("img", name="Shared with the project"))).to_have_count(2)
    assert {view["name"]: view["filter"] for view in await bob.get(f"/projects/{ada.project_id}/run-views")} == {
        "of bob alone": "metrics.loss < 3",
        "of the team": "metrics.loss < 3",
        "my own": "",
    }
    assert await violations(page) == []

    await chosen.get_by_role("button", name="Remove the view my own").click()
    await expect(views).to_have_count(1)
    await page.get_by_role("button", name="Undo").click()
    await expect(views).to_have_count(2)


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (360, "dark")])
async def test_runs_are_grouped_and_a_group_is_opened(
    visit: Visit, controller_database: Database, width: int, theme: str
) -> None:
    visitor = await visit(width=width, theme=theme)
    await make_runs(visitor.person, 4, controller_database)
    page = await visitor.go("/experiments")
    await page.get_by_role("button", name="Group by").click()
    await page.get_by_role("checkbox", name="team").check()
    await page.keyboard.press("Escape")
    groups = page.get_by_role("table", name="Groups of runs").locator("tbody").get_by_role("row")
    await expect(groups).to_have_count(1)
    # Of 4, 3, 2 and 1.
    await expect(groups).to_contain_text("2.5 ± 1.291")
    await expect(groups).to_contain_text("1 … 4")
    await page.get_by_role("button", name="Group by").click()
    await page.get_by_role("checkbox", name="lr").check()
    await page.keyboard.press("Escape")
    await expect(groups).to_have_count(4)
    await page.get_by_role("button", name="loss", exact=True).click()
    await expect(groups.first).to_contain_text("0.003")
    await page.get_by_role("button", name="loss", exact=True).click()
    await expect(groups.last).to_contain_text("0.003")
    await page.reload()
    await expect(groups.last).to_contain_text("0.003")
    assert await violations(page) == []
    assert await overflow(page) <= 0
    await groups.last.get_by_role("link", name="1 runs").click()
    runs = page.get_by_role("table", name="Runs").locator("[data-run]")
    await expect(runs).to_have_count(1)
    await expect(runs).to_contain_text("run-003")
    filtering = page.get_by_role("textbox", name="Filter")
    await expect(filtering).to_have_value('tags."team" = "nlp" and params."lr" = 0.003')
