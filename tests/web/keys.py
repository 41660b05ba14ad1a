"""What somebody does without a mouse. Every key waits until the page has done what the one before it asked for."""

from playwright.async_api import Locator, Page, expect

MOST_TABS = 80


async def tab_to(page: Page, wanted: Locator) -> None:
    """Presses Tab until the element has the focus."""
    await expect(wanted).to_be_visible()
    for _ in range(MOST_TABS):
        if await wanted.evaluate("element => element === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} is not reached by Tab")


async def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    await tab_to(page, wanted)
    await page.keyboard.press(key)


async def type_into(page: Page, label: str, text: str) -> None:
    """In place of what the field holds."""
    field = page.get_by_label(label, exact=True)
    await tab_to(page, field)
    await page.keyboard.press("Control+a")
    await page.keyboard.type(text)
    await expect(field).to_have_value(text)


async def choose(page: Page, name: str) -> None:
    """From the menu that is open, by arrows: letters that are typed slowly mean another item each."""
    items = page.get_by_role("menuitem")
    wanted = page.get_by_role("menuitem", name=name, exact=True)
    await expect(wanted).to_be_visible()
    await expect(page.locator("[role=menu]:is(:focus, :focus-within)")).to_have_count(1)
    key = "Home"
    for item in await items.all():
        await page.keyboard.press(key)
        await expect(item).to_be_focused()
        if await wanted.evaluate("element => element === document.activeElement"):
            await page.keyboard.press("Enter")
            return
        key = "ArrowDown"
    raise AssertionError(f"{name} is not reached by arrows")


async def command(page: Page, words: str, name: str) -> None:
    """Opens the palette and does what is called `name`, the first of what is found by `words`."""
    await page.keyboard.press("Control+k")
    field = page.get_by_role("dialog").get_by_role("combobox")
    await expect(field).to_be_focused()
    await page.keyboard.type(words)
    await expect(page.get_by_role("option", selected=True)).to_have_text(name)
    await page.keyboard.press("Enter")
    await expect(field).to_have_count(0)
