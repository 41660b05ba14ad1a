"""Pictures of every page in both languages, from a running platform: `python scripts/screenshots.py`.

Signs in with `$TRINE_HOME/credentials.json`, and shows what the platform has. A page of one thing (a run, a service) is
left out where there is no such thing.
"""

import argparse
import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from playwright.async_api import APIRequestContext, Browser, Page, async_playwright

ROOT = Path(__file__).parents[1]
HOME = Path(os.environ.get("TRINE_HOME", Path.home() / ".trine"))
CHROMIUM = os.environ.get("TRINE_TEST_CHROMIUM", "/usr/bin/chromium")
LANGUAGES = {"en": "en-US", "zh": "zh-CN"}
SIZE = {"width": 1440, "height": 900}
LISTS = {
    "dashboard": "",
    "training": "/training",
    "new-job": "/training/new",
    "studies": "/training/studies",
    "inference": "/inference",
    "simulation": "/simulation",
    "experiments": "/experiments",
    "models": "/experiments/models",
    "agent": "/agent",
}
THINGS = {
    "job": ("training-jobs", "/training/jobs/{}"),
    "study": ("studies", "/training/studies/{}"),
    "service": ("services", "/inference/{}"),
    "simulation-report": ("simulations", "/simulation/{}"),
    "run": ("runs", "/experiments/runs/{}"),
    "model": ("models", "/experiments/models/{}"),
}
ORGANIZATION = {name: f"/{name}" for name in ("members", "projects", "usage", "audit")}
SETTINGS = {"settings": "/settings", "security": "/settings/security", "keys": "/settings/keys"}
ENTRANCE = {"sign-in": "/sign-in", "register": "/register"}


async def take(
    browser: Browser,
    address: str,
    credentials: dict[str, str],
    folder: Path,
    *,
    theme: Any = "light",
    width: int = 1440,
) -> list[Path]:
    """One file a page and language below `folder`; raises where a page does not come."""
    taken = []
    for language, tag in LANGUAGES.items():
        context = await browser.new_context(
            viewport=SIZE | {"width": width}, color_scheme=theme, locale=tag, reduced_motion="reduce"
        )
        page = await context.new_page()
        for name, path in ENTRANCE.items():
            taken.append(await _picture(page, address + path, folder / language / f"{name}.png"))
        login = {"email": credentials["email"], "password": credentials["password"]}
        signed_in = await context.request.post(f"{address}/api/v1/auth/login", data=login)
        if not signed_in.ok:
            raise SystemExit(f"{address} does not let {login['email']} in: {await signed_in.text()}")
        async for name, path in _pages(context.request, address, credentials):
            taken.append(await _picture(page, address + path, folder / language / f"{name}.png"))
        await context.close()
    return taken


async def _pages(
    request: APIRequestContext, address: str, credentials: dict[str, str]
) -> AsyncIterator[tuple[str, str]]:
    project, org = credentials["project"], credentials["org"]
    for name, path in LISTS.items():
        yield name, f"/p/{project}{path}"
    for name, (kind, path) in THINGS.items():
        found = await request.get(f"{address}/api/v1/projects/{project}/{kind}?limit=1")
        for thing in (await found.json())["items"]:
            yield name, f"/p/{project}{path.format(thing['id'])}"
    for name, path in ORGANIZATION.items():
        yield name, f"/o/{org}{path}"
    for name, path in SETTINGS.items():
        yield name, path


async def _picture(page: Page, address: str, file: Path) -> Path:
    """Once nothing on the page is still on its way."""
    await page.goto(address)
    await page.get_by_role("heading", level=1).wait_for()
    await page.wait_for_function("() => !document.querySelector('.animate-pulse[aria-hidden]:not(span)')")
    await page.evaluate("document.fonts.ready")
    file.parent.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=file, full_page=True, animations="disabled")
    return file


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs/guide/images")
    parser.add_argument("--theme", choices=["light", "dark"], default="light")
    parser.add_argument("--width", type=int, default=SIZE["width"])
    arguments = parser.parse_args()
    credentials = json.loads((HOME / "credentials.json").read_text())
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        taken = await take(
            browser, credentials["url"], credentials, arguments.out, theme=arguments.theme, width=arguments.width
        )
        await browser.close()
    print(f"{len(taken)} pictures below {arguments.out}")


if __name__ == "__main__":
    asyncio.run(main())
