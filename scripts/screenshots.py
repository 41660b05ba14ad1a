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
from urllib.parse import urlencode

from playwright.async_api import APIRequestContext, Browser, Page, async_playwright

ROOT = Path(__file__).parents[1]
HOME = Path(os.environ.get("TRINE_HOME", Path.home() / ".trine"))
CHROMIUM = os.environ.get("TRINE_TEST_CHROMIUM", "/usr/bin/chromium")
LANGUAGES = {"en": "en-US", "zh": "zh-CN"}
WIDTH, HEIGHT = 1440, 900
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
COMPARED = 3
"""Runs beside each other."""
HIGHEST = 6000
"""Pixels of a picture."""
THINGS = {
    "job": ("training-jobs", "/training/jobs/{}"),
    "study": ("studies", "/training/studies/{}"),
    "service": ("services", "/inference/{}"),
    "simulation-report": ("simulations", "/simulation/{}"),
    "run": ("runs", "/experiments/runs/{}"),
    "model": ("models", "/experiments/models/{}"),
}
PARTS = {
    "job-logs": ("training-jobs", "/training/jobs/{}?tab=logs"),
    "job-resources": ("training-jobs", "/training/jobs/{}?tab=work"),
    "run-artifacts": ("runs", "/experiments/runs/{}?tab=artifacts"),
}
ORGANIZATION = {name: f"/{name}" for name in ("members", "projects", "usage", "audit")}
SETTINGS = {"settings": "/settings", "security": "/settings/security", "keys": "/settings/keys"}
LOADED = "() => !document.querySelector('.animate-pulse[aria-hidden]:not(span)')"
SHOWN = """() => [...document.querySelectorAll("[data-near=false]")].every(
  (each) => each.getBoundingClientRect().top > innerHeight)"""
ENTRANCE = {"sign-in": "/sign-in", "register": "/register"}


async def take(
    browser: Browser,
    address: str,
    credentials: dict[str, str],
    folder: Path,
    *,
    theme: Any = "light",
    width: int = WIDTH,
) -> list[Path]:
    """One file a page and language below `folder`; raises where a page does not come."""
    taken = []
    for language, tag in LANGUAGES.items():
        context = await browser.new_context(
            viewport={"width": width, "height": HEIGHT}, color_scheme=theme, locale=tag, reduced_motion="reduce"
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
    for name, (kind, path) in (THINGS | PARTS).items():
        found = await request.get(f"{address}/api/v1/projects/{project}/{kind}?limit=1")
        for thing in (await found.json())["items"]:
            yield name, f"/p/{project}{path.format(thing['id'])}"
    newest = await request.get(f"{address}/api/v1/projects/{project}/runs?limit={COMPARED}")
    runs = [run["id"] for run in (await newest.json())["items"]]
    if len(runs) > 1:
        chosen = urlencode({"runs": json.dumps(runs, separators=(",", ":"))})
        yield "compare", f"/p/{project}/experiments/compare?{chosen}"
    for name, path in ORGANIZATION.items():
        yield name, f"/o/{org}{path}"
    for name, path in SETTINGS.items():
        yield name, path


async def _picture(page: Page, address: str, file: Path) -> Path:
    """Of the whole page, once nothing on it is still on its way."""
    assert page.viewport_size
    width, height = page.viewport_size["width"], page.viewport_size["height"]
    await page.goto(address)
    await page.get_by_role("heading", level=1).wait_for()
    await page.wait_for_function(LOADED)
    # Charts are drawn only near the window: it becomes as high as the page.
    whole = await page.evaluate("() => document.documentElement.scrollHeight")
    await page.set_viewport_size({"width": width, "height": max(height, min(whole, HIGHEST))})
    await page.wait_for_function(SHOWN)
    await page.wait_for_function(LOADED)
    await page.evaluate("document.fonts.ready")
    file.parent.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=file, animations="disabled")
    await page.set_viewport_size({"width": width, "height": height})
    return file


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs/guide/images")
    parser.add_argument("--theme", choices=["light", "dark"], default="light")
    parser.add_argument("--width", type=int, default=WIDTH)
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
