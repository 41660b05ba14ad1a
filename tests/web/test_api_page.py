"""The page of the API in a browser, under the policy that it is served with."""

from urllib.parse import urlsplit

import pytest
from playwright.async_api import ConsoleMessage, Request, expect

from tests.web.conftest import OpenPage

pytestmark = pytest.mark.browser


async def test_the_api_is_described_by_files_of_the_platform_alone(served: str, open_page: OpenPage) -> None:
    page = await open_page()
    asked: set[str] = set()
    refused: list[str] = []

    def note_request(request: Request) -> None:
        asked.add(urlsplit(request.url).netloc)

    def note_refusal(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            refused.append(message.text)

    page.on("request", note_request)
    page.on("console", note_refusal)
    await page.goto(f"{served}/docs")
    await expect(page.get_by_role("heading", name="Trine")).to_be_visible()
    operation = page.locator("#operations-accounts-me_api_v1_auth_me_get")
    await operation.click()
    await operation.get_by_role("button", name="Try it out").click()
    await operation.get_by_role("button", name="Execute").click()
    await expect(operation.locator(".live-responses-table").get_by_text("401").first).to_be_visible()
    assert asked - {""} == {urlsplit(served).netloc}
    assert refused == []
