"""Language and theme: the browser's first, then what was chosen."""

import pytest
from playwright.async_api import expect

from tests.fixtures.auth import PASSWORD
from tests.web.conftest import OpenPage, Visit

pytestmark = pytest.mark.browser


async def test_the_language_of_the_browser_is_spoken(open_page: OpenPage, served: str) -> None:
    page = await open_page(language="zh-CN")
    await page.goto(served)
    await expect(page.get_by_role("button", name="登录")).to_be_visible()
    assert await page.locator("html").get_attribute("lang") == "zh-CN"
    await page.get_by_label("邮箱").fill("nobody@example.org")
    await page.get_by_label("密码").fill(PASSWORD)
    await page.get_by_label("密码").press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("您尚未登录，或凭据不正确。")


async def test_a_language_that_was_chosen_is_remembered(visit: Visit) -> None:
    page = (await visit()).page
    await page.get_by_role("button", name="切换到中文").click()
    await expect(page.get_by_role("heading", name="总览")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("heading", name="总览")).to_be_visible()
    await page.get_by_role("button", name="Switch to English").click()
    await expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()


async def test_a_theme_that_was_chosen_is_remembered(visit: Visit) -> None:
    page = (await visit(theme="light")).page
    await page.get_by_role("button", name="Switch to the dark theme").click()
    await page.reload()
    await expect(page.get_by_role("button", name="Switch to the light theme")).to_be_visible()
    assert "dark" in (await page.locator("html").get_attribute("class") or "")
