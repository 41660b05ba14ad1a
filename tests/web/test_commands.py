"""The command palette, the shortcuts and what is told at the foot of the window, by keyboard alone."""

import re

import pytest
from playwright.async_api import expect

from tests.web.conftest import Visit
from tests.web.keys import command
from tests.web.visitor import violations

pytestmark = pytest.mark.browser


async def test_the_palette_leads_to_a_place_and_does_things(visit: Visit) -> None:
    page = (await visit(theme="light")).page
    await page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Commands")
    await expect(palette.get_by_role("combobox")).to_be_focused()
    assert await violations(page) == []
    await page.keyboard.type("audit")
    await expect(palette.get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1, name="Audit log")).to_be_visible()
    await expect(palette).to_have_count(0)

    await command(page, "dark", "Switch to the dark theme")
    await expect(page.locator("html")).to_have_class(re.compile("dark"))

    await command(page, "zhongwen", "切换到中文")
    await expect(page.get_by_role("heading", level=1, name="审计日志")).to_be_visible()

    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
    await page.keyboard.type("nothing is called so")
    await expect(page.get_by_text("没有匹配的命令。")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_keys_lead_to_places_until_they_are_turned_off(visit: Visit) -> None:
    page = (await visit()).page
    await page.keyboard.press("g")
    await page.keyboard.press("i")
    await expect(page.get_by_role("heading", level=1, name="Inference")).to_be_visible()
    await page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    await expect(sheet).to_contain_text("Commands")
    assert await violations(page) == []
    await sheet.get_by_label("Single keys are on").press("Space")
    await page.keyboard.press("Escape")
    await expect(sheet).to_have_count(0)
    await page.keyboard.press("?")
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("dialog", name="Commands")).to_be_visible()
    await expect(sheet).to_have_count(0)
