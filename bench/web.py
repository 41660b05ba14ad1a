"""How soon the pages are there and how smoothly they scroll, beside MLflow's own table of the same runs.

`python -m bench.web [--runs 10000] [--charts 200] [--points 1000000] [--rounds 5] [--mlflow PYTHON]`. Chromium opens
the real pages over the real application and a PostgreSQL of its own. Three parts:

- *load*, the processor slowed down four times, nothing cached: the largest contentful paint, and tasks of the page that
  take longer than 100 ms (Long Tasks API), until two seconds after that paint;
- *rows*: from the navigation to the first run in the table, by turns with `mlflow server`, nothing cached and cached;
- *scroll*: the wheel turns in every frame, and the times between frames are told (`requestAnimationFrame`), at the
  machine's own speed and slowed down four times.

The page must be built; Chromium is `TRINE_TEST_CHROMIUM`. `--mlflow` names the Python of an environment with MLflow,
made otherwise; `--part` is one part alone.
"""

import argparse
import asyncio
import math
import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, BrowserContext, CDPSession, Page, async_playwright

from bench.mlflow_server import mlflow_server
from bench.page_runs import EXPERIMENT, fill, fill_mlflow
from bench.person import registered
from bench.ratio import ratio
from bench.settling import settle
from bench.site import Site, site
from tests.fixtures.auth import PASSWORD, Person

CHROMIUM = os.environ.get("TRINE_TEST_CHROMIUM", "/usr/bin/chromium")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
SLOWED = 4
WARM = 1
"""Rounds before those that count."""
LONG_MS = 100
WHEEL_PX, TURNS = 120, 150
STEPS = 200
"""Points of each of the many curves."""
BATCH = 8_000
"""Points of one batch: at most 500 KB."""
PATIENCE_MS = 60_000
CHART = ".u-over"
OUR_ROW = "[data-run]"
THEIR_ROW = f"a[href^='#/experiments/{EXPERIMENT}/runs/']"
RUNS_PAGE = "/p/default/experiments"

# What is measured is measured in the page, by its own clock, which begins with the navigation.
WATCH = """(() => {
  const held = (window.measured = { frames: [], tasks: [], paint: 0, row: 0, last: 0, scrolling: false });
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) held.tasks.push(task.duration);
  }).observe({ type: "longtask", buffered: true });
  new PerformanceObserver((list) => {
    held.paint = list.getEntries().at(-1).startTime;
  }).observe({ type: "largest-contentful-paint", buffered: true });
  const next = (now) => {
    if (held.scrolling) held.frames.push(now - held.last);
    held.last = now;
    if (!held.row && document.querySelector("ROW")) held.row = performance.now();
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
})()"""

AT_REST = "() => window.measured.paint > 0 && performance.now() - window.measured.paint > 2000"
"""Nothing larger was painted for two seconds. The page never stops asking what is new."""
UNTIL_REST = (
    f"new Promise((resolve) => {{ const look = () => (({AT_REST})() ? resolve() : setTimeout(look, 200)); look(); }})"
)


@dataclass(frozen=True)
class Pages:
    browser: Browser
    url: str
    ada: Person
    charts: str
    """Address of a page of many charts."""
    long: str
    """Address of a page of one curve with many points."""


def main() -> None:
    arguments = _arguments()
    with site() as made, made.serve() as served:
        asyncio.run(_measure(made, served.url, arguments))


async def _measure(made: Site, url: str, arguments: argparse.Namespace) -> None:
    async with registered(url) as ada, async_playwright() as playwright:
        charts = await _charts(ada, arguments.charts)
        long = await _long(ada, arguments.points)
        await settle(made)
        fill(made.owner_url, org_id=ada.org_id, project_id=ada.project_id, runs=arguments.runs)
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        pages = Pages(browser, url, ada, f"{RUNS_PAGE}/runs/{charts}", f"{RUNS_PAGE}/runs/{long}")
        print(f"{os.cpu_count()} cores, {arguments.rounds} rounds, Chromium {browser.version}, {arguments.runs:,} runs")
        wanted = (arguments.part,) if arguments.part else ("load", "scroll", "rows")
        if "load" in wanted:
            await _load(pages, arguments.rounds)
        if "scroll" in wanted:
            await _scroll(pages)
        if "rows" in wanted:
            # Its workers keep both cores busy for a while: it runs only while it is measured.
            with mlflow_server(arguments.mlflow) as theirs:
                fill_mlflow(theirs.database, runs=arguments.runs)
                await _rows(pages, theirs.url, arguments.rounds)
        await browser.close()


async def _load(pages: Pages, rounds: int) -> None:
    print(f"load, slowed {SLOWED} times")
    print(f"{'page':<16} {'paint ms':>9} {'worst':>7} {'longest task ms':>16} {'> 100 ms':>9}")
    addresses = {
        "dashboard": "/p/default",
        "runs": RUNS_PAGE,
        "many charts": pages.charts,
        "long curve": pages.long,
        "training": "/p/default/training",
    }
    for name, address in addresses.items():
        paints: list[float] = []
        tasks: list[list[float]] = []
        for _ in range(rounds):
            context = await _signed_in(pages)
            page, session = await _slowed(context, SLOWED)
            # Playwright's own waiting reads 300 KB of script into the page that is measured.
            await page.goto(address, wait_until="commit")
            await session.send("Runtime.evaluate", {"expression": UNTIL_REST, "awaitPromise": True})
            measured = await _measured(page)
            paints.append(measured["paint"])
            tasks.append(measured["tasks"])
            await context.close()
        longest = max((each for some in tasks for each in some), default=0)
        late = max(sum(each > LONG_MS for each in some) for some in tasks)
        print(f"{name:<16} {statistics.median(paints):9.0f} {max(paints):7.0f} {longest:16.0f} {late:9}", flush=True)


async def _rows(pages: Pages, theirs: str, rounds: int) -> None:
    print(f"first rows of the table, ms\n{'':<16} {'ours':>7} {'worst':>7} {'MLflow':>7} {'worst':>7}   MLflow / ours")
    found: dict[str, list[float]] = {name: [] for name in ("ours", "MLflow", "ours, cached", "MLflow, cached")}
    for number in range(WARM + rounds):
        for name, row, address in (
            ("ours", OUR_ROW, RUNS_PAGE),
            ("MLflow", THEIR_ROW, f"{theirs}/#/experiments/{EXPERIMENT}/runs"),
        ):
            context = await _signed_in(pages, row)
            for suffix in ("", ", cached"):
                page = await context.new_page()
                await page.goto(address)
                await page.wait_for_function("() => window.measured.row > 0")
                if number >= WARM:
                    found[name + suffix].append((await _measured(page))["row"])
                await page.close()
            await context.close()
    for suffix in ("", ", cached"):
        ours, others = found["ours" + suffix], found["MLflow" + suffix]
        print(
            f"{suffix.strip(', ') or 'nothing cached':<16} {statistics.median(ours):7.0f} {max(ours):7.0f} "
            f"{statistics.median(others):7.0f} {max(others):7.0f}   {ratio(others, ours)}",
            flush=True,
        )


async def _scroll(pages: Pages) -> None:
    print(f"scroll\n{'page':<16} {'slowed':>7} {'frames':>7} {'p99 ms':>7} {'worst':>7} {'> 100 ms':>9}")
    for name, address, ready in (
        ("many charts", pages.charts, CHART),
        ("long curve", pages.long, CHART),
        ("runs", RUNS_PAGE, OUR_ROW),
    ):
        for slowed in (1, SLOWED):
            frames = await _scrolled(pages, address, ready, slowed)
            late = sum(each > LONG_MS for each in frames)
            print(
                f"{name:<16} {slowed:>6}x {len(frames):7} {_percentile(frames, 0.99):7.0f} {max(frames):7.0f} {late:9}",
                flush=True,
            )


async def _scrolled(pages: Pages, address: str, ready: str, slowed: int) -> Sequence[float]:
    """Milliseconds between frames while the wheel turns down, and half the way up again."""
    context = await _signed_in(pages)
    page, _ = await _slowed(context, slowed)
    await page.goto(address)
    await page.locator(ready).first.wait_for()
    await page.wait_for_function(AT_REST)
    place = page.locator(ready).first
    await place.hover()
    await page.evaluate("() => { window.measured.scrolling = true; }")
    for turn in range(TURNS):
        await page.mouse.wheel(0, WHEEL_PX if turn < TURNS * 2 / 3 else -WHEEL_PX)
    measured = await _measured(page)
    await context.close()
    # The first is from before the wheel turned.
    frames: Sequence[float] = measured["frames"][1:]
    return frames


async def _signed_in(pages: Pages, row: str = OUR_ROW) -> BrowserContext:
    context = await pages.browser.new_context(viewport={"width": 1440, "height": 900}, base_url=pages.url)
    context.set_default_timeout(PATIENCE_MS)
    await context.add_init_script(WATCH.replace("ROW", row))
    login = {"email": pages.ada.email, "password": PASSWORD}
    answer = await context.request.post("/api/v1/auth/login", data=login)
    if not answer.ok:
        raise RuntimeError(await answer.text())
    return context


async def _slowed(context: BrowserContext, times: int) -> tuple[Page, CDPSession]:
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": times})
    return page, session


async def _measured(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = await page.evaluate("() => window.measured")
    return found


def _percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, math.ceil(share * len(values)) - 1)]


async def _run(ada: Person, name: str) -> str:
    experiment = await ada.post("/projects/default/experiments", {"name": "measured"})
    run: dict[str, Any] = await ada.post(f"/experiments/{experiment['id']}/runs", {"name": name})
    return str(run["id"])


def _points(first: int, count: int) -> dict[str, list[float]]:
    steps = range(first, first + count)
    return {
        "steps": list(steps),
        "values": [math.exp(-step / 1e5) + 0.1 * math.sin(step) for step in steps],
        "times": [1.7e9 + step for step in steps],
    }


async def _charts(ada: Person, charts: int) -> str:
    run = await _run(ada, "charts")
    names = [f"layer-{number // 20:02d}/metric-{number:03d}" for number in range(charts)]
    together = BATCH // STEPS
    for sequence, first in enumerate(range(0, charts, together)):
        metrics = {name: _points(0, STEPS) for name in names[first : first + together]}
        await ada.post(f"/runs/{run}/batches", {"source": "bench", "sequence": sequence, "metrics": metrics})
    return run


async def _long(ada: Person, points: int) -> str:
    run = await _run(ada, "long")
    for sequence, first in enumerate(range(0, points, BATCH)):
        metrics = {"loss": _points(first, min(BATCH, points - first))}
        await ada.post(f"/runs/{run}/batches", {"source": "bench", "sequence": sequence, "metrics": metrics})
    return run


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--charts", type=int, default=200)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--part", choices=["load", "scroll", "rows"])
    parser.add_argument("--mlflow", metavar="PYTHON")
    return parser.parse_args()


if __name__ == "__main__":
    main()
