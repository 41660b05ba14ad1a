"""Somebody who is signed in and looks at pages."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from playwright.async_api import Page

from tests.fixtures.auth import Person

WEB = Path(__file__).parents[2] / "web"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
RULES_OF_COLORS = ("color-contrast", "link-in-text-block")
"""All that a theme decides."""


@dataclass(frozen=True)
class Visitor:
    page: Page
    address: str
    person: Person

    async def go(self, path: str = "") -> Page:
        """A page of the person's project; `path` begins with a slash."""
        await self.page.goto(f"{self.address}/p/default{path}")
        await self.page.get_by_role("heading", level=1).wait_for()
        return self.page

    async def run(self, name: str, losses: list[Any]) -> UUID:
        """A run of the person with one point of `loss` a step."""
        experiment = await self.person.post(f"/projects/{self.person.project_id}/experiments", {"name": "web"})
        made = await self.person.post(f"/experiments/{experiment['id']}/runs", {"name": name, "params": {"layers": 4}})
        if losses:
            await self.log(made["id"], 0, losses)
        return UUID(made["id"])

    async def log(self, run_id: object, first: int, losses: list[Any]) -> None:
        steps = list(range(first, first + len(losses)))
        series = {"steps": steps, "values": losses, "times": [1.7e9 + step for step in steps]}
        batch = {
            "source": "test",
            "sequence": first,
            "metrics": {"loss": series},
            "logs": [{"time": 1.7e9 + first, "text": f"step {first} is done\n"}],
        }
        await self.person.post(f"/runs/{run_id}/batches", batch)


async def violations(page: Page, rules: Sequence[str] = RULES) -> list[str]:
    """What axe finds on the page, one line a rule, with the element. `rules`: tags of rules, or their names."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(_axe())
    found = await page.evaluate("rules => axe.run(document, {runOnly: rules})", rules)
    return [f"{each['id']} at {each['nodes'][0]['target']}: {each['help']}" for each in found["violations"]]


async def overflow(page: Page) -> int:
    """Pixels by which the page is wider than the window."""
    width: int = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


@functools.cache
def _axe() -> str:
    return (WEB / "node_modules/axe-core/axe.min.js").read_text()
