"""Who belongs to an organization, what they may do and use, and what was done: as its owner sees it, and a viewer."""

import asyncio
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Page, expect

from app.auth.permissions import Role
from tests.fixtures.auth import PASSWORD, Person
from tests.fixtures.members import join
from tests.web.conftest import OpenPage, Visit
from tests.web.visitor import Visitor

pytestmark = pytest.mark.browser


async def go(visitor: Visitor, path: str) -> Page:
    """A page of the person's organization; `path` begins with a slash."""
    await visitor.page.goto(f"{visitor.address}/o/{visitor.person.org}{path}")
    await visitor.page.get_by_role("heading", level=1).wait_for()
    return visitor.page


async def test_an_invitation_is_sent_as_a_link_and_accepted(
    visit: Visit, open_page: OpenPage, served: str, bob: Person
) -> None:
    visitor = await visit()
    page = await go(visitor, "/members")
    await page.get_by_role("button", name="Invite").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Email").fill(bob.email)
    await dialog.get_by_label("Role").select_option("viewer")
    await dialog.get_by_role("button", name="Invite").click()
    link = await dialog.locator("code").inner_text()
    await dialog.get_by_role("button", name="Done").click()
    invitations = page.get_by_role("table", name="Invitations")
    await expect(invitations.get_by_role("row").filter(has_text=bob.email)).to_contain_text("Open")

    theirs = await open_page()
    await theirs.goto(link)
    await theirs.get_by_label("Email").fill(bob.email)
    await theirs.get_by_label("Password").fill(PASSWORD)
    await theirs.get_by_label("Password").press("Enter")
    await theirs.get_by_role("button", name="Join").click()
    await expect(theirs.get_by_role("heading", level=1, name="Members")).to_be_visible()
    assert f"/o/{visitor.person.org}/members" in theirs.url
    # A viewer sees who is there, and nothing by which to change it.
    await expect(theirs.get_by_role("table", name="Members").get_by_role("row")).to_have_count(3)
    await expect(theirs.get_by_role("button", name="Invite")).to_have_count(0)
    await expect(theirs.get_by_role("combobox")).to_have_count(0)
    await expect(page.get_by_role("table", name="Members").get_by_role("row")).to_have_count(3)


async def test_a_role_is_changed_and_a_member_removed(visit: Visit, bob: Person) -> None:
    visitor = await visit()
    await join(visitor.person, bob, Role.VIEWER)
    page = await go(visitor, "/members")
    people = page.get_by_role("table", name="Members").get_by_role("row")
    await page.get_by_role("button", name="Role", exact=True).click()
    await expect(people.nth(1)).to_contain_text(bob.email)
    await page.get_by_label("Part of the name").fill(bob.email)
    await expect(people).to_have_count(2)
    await page.reload()
    await expect(people).to_have_count(2)
    assert parse_qs(urlsplit(page.url).query) == {"name": [bob.email], "sort": ["role"]}
    line = people.filter(has_text=bob.email)
    async with page.expect_response(lambda answer: answer.request.method == "PATCH" and answer.ok):
        await line.get_by_role("combobox").select_option("member")
    members = await visitor.person.listed(f"/orgs/{visitor.person.org}/members")
    roles = {member["email"]: member["role"] for member in members}
    assert roles[bob.email] == "member"
    await line.get_by_role("button", name="Remove").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    await expect(line).to_have_count(0)
    await expect(page.get_by_text("is no longer a member").first).to_be_visible()


async def test_what_the_platform_refuses_is_said_in_the_question(visit: Visit) -> None:
    visitor = await visit()
    page = await go(visitor, "/members")
    await page.get_by_role("button", name="Leave").click()
    question = page.get_by_role("alertdialog")
    await question.get_by_role("button", name="Leave").click()
    await expect(question.get_by_role("alert")).to_contain_text("owner")
    await question.get_by_role("button", name="Go back").click()
    await expect(question).to_have_count(0)


async def test_a_project_is_made_made_private_deleted_and_taken_back(visit: Visit) -> None:
    visitor = await visit()
    page = await go(visitor, "/projects")
    await page.get_by_role("button", name="New project").click()
    await page.get_by_label("Name", exact=True).fill("Vision")
    await page.get_by_label("Name in addresses").fill("vision")
    await page.get_by_role("button", name="Create").click()
    await page.get_by_role("link", name="Vision").click()
    await page.get_by_label("Private").click()
    await expect(page.get_by_label("Private")).to_be_checked()
    await page.get_by_role("link", name="Projects", exact=True).click()
    line = page.get_by_role("table", name="Projects").get_by_role("row").filter(has_text="Vision")
    await expect(line).to_contain_text("Private")
    await line.get_by_role("button", name="Delete Vision").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    await expect(line).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(line).to_contain_text("Private")


async def test_a_service_account_and_its_key(visit: Visit) -> None:
    visitor = await visit()
    page = await go(visitor, "/members")
    await page.get_by_role("button", name="New service account").click()
    await page.get_by_role("dialog").get_by_label("Name").fill("nightly")
    await page.get_by_role("dialog").get_by_role("button", name="Create").click()
    await page.get_by_role("link", name="nightly").click()
    await page.get_by_role("button", name="New key").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("cron")
    await dialog.get_by_role("button", name="New key").click()
    assert (await dialog.locator("code").inner_text()).startswith("trn_")
    await dialog.get_by_role("button", name="Done").click()
    await expect(page.get_by_role("table", name="API keys")).to_contain_text("cron")


async def test_a_limit_and_the_use_of_it(visit: Visit) -> None:
    visitor = await visit()
    page = await go(visitor, "/usage")
    await expect(page.get_by_text("There is no limit.")).to_be_visible()
    await page.get_by_role("button", name="Set a limit").click()
    await page.get_by_label("At most").fill("4")
    await page.get_by_role("button", name="Save").click()
    line = page.get_by_role("table", name="Limits").get_by_role("row").filter(has_text="GPUs")
    await expect(line).to_contain_text("Default")
    await expect(line.get_by_role("cell").last).to_have_text("4")
    await page.get_by_label("By").select_option("project")
    await expect(page).to_have_url(f"{visitor.address}/o/{visitor.person.org}/usage?by=project")
    await page.reload()
    await expect(page.get_by_label("By")).to_have_value("project")


async def test_the_audit_log_is_narrowed_by_its_address_and_exported(visit: Visit) -> None:
    visitor = await visit()
    await visitor.person.post(f"/orgs/{visitor.person.org}/projects", {"slug": "second", "name": "Second"})
    page = await go(visitor, "/audit")
    events = page.get_by_role("table", name="Audit log")
    await expect(events).to_contain_text("Organization created")
    await page.get_by_label("Action").select_option("project")
    await expect(events).not_to_contain_text("Organization created")
    await expect(events.get_by_role("row")).to_have_count(3)
    await page.reload()
    await expect(events.get_by_role("row")).to_have_count(3)
    async with page.expect_download() as begun:
        await page.get_by_role("link", name="Export").click()
    lines = (await asyncio.to_thread((await (await begun.value).path()).read_text)).splitlines()
    assert len(lines) == 2
    await page.get_by_role("button", name="Clear").click()
    await expect(events).to_contain_text("Organization created")


async def test_a_foreign_organization_is_not_there(visit: Visit, bob: Person) -> None:
    visitor = await visit()
    await visitor.page.goto(f"{visitor.address}/o/{bob.org}/members")
    await expect(visitor.page.get_by_role("heading", level=1, name="There is nothing here")).to_be_visible()
