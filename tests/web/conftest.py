"""Chromium against the real application, and a visitor in it."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.fixtures.auth import PASSWORD, Person
from tests.web.visitor import WEB, Visitor

CHROMIUM = os.environ.get("TRINE_TEST_CHROMIUM", "/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PATIENCE_MS = 20_000
"""What a page may take on a machine that does something else besides."""

OpenPage = Callable[..., Awaitable[Page]]
Visit = Callable[..., Awaitable[Visitor]]


@pytest.fixture(scope="session")
def built() -> None:
    assert (WEB / "dist/index.html").is_file(), "the web page is not built: run `make web`"
    assert Path(CHROMIUM).exists(), f"{CHROMIUM} is missing: install Chromium, or name one in TRINE_TEST_CHROMIUM"


@pytest.fixture(scope="session")
async def chromium(built: None) -> AsyncIterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def open_page(chromium: Browser) -> AsyncIterator[OpenPage]:
    """A new browser's page: `width` in pixels, `theme` light or dark, `language` a tag."""
    async with AsyncExitStack() as stack:

        async def make(width: int = 1440, theme: Any = "light", language: str = "en-US") -> Page:
            context = await chromium.new_context(
                viewport={"width": width, "height": 900}, color_scheme=theme, locale=language, reduced_motion="reduce"
            )
            stack.push_async_callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            return await context.new_page()

        yield make


@pytest.fixture
async def visit(open_page: OpenPage, served: str, ada: Person) -> Visit:
    """Ada, signed in, before her dashboard."""

    async def make(address: str = served, **options: Any) -> Visitor:
        page = await open_page(**options)
        visitor = Visitor(page, address, ada)
        signed_in = await page.context.request.post(
            f"{address}/api/v1/auth/login", data={"email": ada.email, "password": PASSWORD}
        )
        assert signed_in.ok, await signed_in.text()
        await visitor.go()
        return visitor

    return make
