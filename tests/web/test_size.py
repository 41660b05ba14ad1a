"""What a first visit fetches."""

import httpx
import pytest
from playwright.async_api import Page, Request, expect

from tests.fixtures.auth import PASSWORD, Person
from tests.web.conftest import OpenPage
from tests.web.visitor import WEB

pytestmark = pytest.mark.browser

MOST_BYTES = 150_000
"""Of JavaScript, compressed, before a page is there. A chart's library comes after the page that has a chart."""
LATER = ("curve-chart",)


async def test_first_load(open_page: OpenPage, served: str, ada: Person) -> None:
    page = await open_page()
    scripts = _scripts(page)
    await page.goto(f"{served}/sign-in")
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await page.wait_for_load_state("networkidle")
    assert _compressed(scripts) <= MOST_BYTES, sorted(scripts)

    signed_in = {"email": ada.email, "password": PASSWORD}
    assert (await page.context.request.post(f"{served}/api/v1/auth/login", data=signed_in)).ok
    scripts.clear()
    await page.goto(served)
    await expect(page.locator("[data-count=running]")).to_be_visible()
    await expect(page.get_by_text("No run yet")).to_be_visible()
    assert _compressed(scripts) <= MOST_BYTES, sorted(scripts)


def _scripts(page: Page) -> set[str]:
    """Names of the files under `assets` that the page asks for, from now on."""
    asked: set[str] = set()

    def note(request: Request) -> None:
        name = request.url.rpartition("/assets/")[2]
        if name.endswith(".js") and not name.startswith(LATER):
            asked.add(name)

    page.on("request", note)
    return asked


def _compressed(names: set[str]) -> int:
    sizes = [(WEB / "dist/assets" / f"{name}.gz").stat().st_size for name in names if "/" not in name]
    assert sizes, "no script was asked for"
    return sum(sizes)


async def test_assets_travel_compressed_and_are_kept(served: str) -> None:
    name = next((WEB / "dist/assets").glob("index-*.js")).name
    async with httpx.AsyncClient(base_url=served) as http:
        compressed = await http.get(f"/assets/{name}")
        plain = await http.get(f"/assets/{name}", headers={"Accept-Encoding": "identity"})
    assert compressed.headers["content-encoding"] == "gzip"
    assert int(compressed.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    assert compressed.text == plain.text
    assert "immutable" in plain.headers["cache-control"]
    assert compressed.headers["content-type"].startswith("text/javascript")
