"""Registering, signing in and out."""

import pytest
from playwright.async_api import expect

from tests.fixtures.auth import PASSWORD, Person
from tests.web.conftest import OpenPage, Visit
from tests.web.keys import choose

pytestmark = pytest.mark.browser


async def test_a_newcomer_registers_and_is_told_the_next_step(open_page: OpenPage, served: str) -> None:
    page = await open_page()
    await page.goto(served)
    await page.get_by_role("link", name="Create an account").click()
    await page.get_by_label("Your name").fill("Grace")
    await page.get_by_label("Organization").fill("Compilers")
    await page.get_by_label("Email").fill("grace@example.org")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Create an account").click()
    await expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    await expect(page.get_by_text("Compilers /")).to_be_visible()
    await expect(page.get_by_text("trine job submit examples/lm.yaml")).to_be_visible()


async def test_a_field_that_is_wrong_says_so(open_page: OpenPage, served: str, ada: Person) -> None:
    page = await open_page()
    await page.goto(f"{served}/register")
    for label, value in (("Your name", "Ada"), ("Organization", "O"), ("Email", ada.email), ("Password", PASSWORD)):
        await page.get_by_label(label).fill(value)
    await page.get_by_role("button", name="Create an account").click()
    await expect(page.get_by_role("alert")).to_contain_text("has an account already")


async def test_signing_in_leads_back_to_where_one_was(open_page: OpenPage, served: str, ada: Person) -> None:
    page = await open_page()
    await page.goto(f"{served}/p/default/training")
    await page.get_by_label("Email").fill(ada.email)
    await page.get_by_label("Password").fill("not the password")
    await page.get_by_label("Password").press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("the address or the password is wrong")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_label("Password").press("Enter")
    await expect(page.get_by_role("heading", level=1, name="Training")).to_be_visible()


async def test_signing_out_by_keyboard(visit: Visit) -> None:
    page = (await visit()).page
    await page.get_by_role("button", name="Account of Ada").focus()
    await page.keyboard.press("Enter")
    await choose(page, "Sign out")
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await page.goto(page.url.partition("/sign-in")[0])
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()


async def test_a_session_that_ended_elsewhere_leads_to_the_sign_in(visit: Visit) -> None:
    page = (await visit()).page
    await page.context.clear_cookies()
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert "next=%2Fp%2Fdefault" in page.url
