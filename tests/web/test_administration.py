"""What the platform's administrators see and do, and that to others it is not there."""

import re

import pytest
from fastapi import FastAPI
from playwright.async_api import expect

from app.migrations.administrator import appoint
from tests.fixtures.auth import Person
from tests.fixtures.db import Prepared
from tests.web.conftest import Visit

pytestmark = pytest.mark.browser


async def test_to_others_it_is_not_there(visit: Visit) -> None:
    visitor = await visit()
    await visitor.page.goto(f"{visitor.address}/admin")
    await expect(visitor.page.get_by_role("heading", level=1, name="There is nothing here")).to_be_visible()


async def test_an_organization_is_disabled_and_enabled(
    visit: Visit, ada: Person, bob: Person, prepared: Prepared, web_app: FastAPI
) -> None:
    assert appoint(prepared.owner_url, ada.email)
    web_app.state.platform.credentials.forget()
    visitor = await visit()
    page = visitor.page
    await page.get_by_role("button", name="Account of Ada").click()
    await page.get_by_role("menuitem", name="Administration").click()
    line = page.get_by_role("row").filter(has=page.get_by_text(bob.org, exact=True))
    more = page.get_by_role("button", name="Show more")
    await expect(page.get_by_role("table", name="Organizations")).to_be_visible()
    while await line.count() == 0 and await more.count():
        await more.click()
    await line.get_by_role("button", name="Disable").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Disable").click()
    await expect(line).to_contain_text("Disabled since")
    await line.get_by_role("button", name="Enable").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Enable").click()
    await expect(line).to_contain_text("Enabled")
    await page.get_by_role("link", name="Log of the platform").click()
    await expect(page).to_have_url(re.compile("/admin/events$"))
    await expect(page.get_by_role("table", name="Audit log").get_by_role("row").nth(1)).to_be_visible()
    await page.get_by_role("link", name="People").click()
    await expect(page.get_by_role("table", name="People")).to_contain_text("administrator")
