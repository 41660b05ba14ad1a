"""Every page at three widths in both themes: nothing that axe objects to, nothing wider than the window."""

import pytest
from fastapi import FastAPI
from playwright.async_api import Page, expect

from app.migrations.administrator import appoint
from tests.fixtures.auth import Person
from tests.fixtures.db import Prepared
from tests.fixtures.scheduling import TINY, Desk
from tests.web.conftest import Visit
from tests.web.visitor import RULES_OF_COLORS, Visitor, overflow, violations

pytestmark = pytest.mark.browser

STUDY = {
    "name": "search",
    "metric": "validation/accuracy",
    "mode": "max",
    "trials": 2,
    "space": {"learning_rate": {"kind": "log_uniform", "low": 0.001, "high": 0.1}},
    "base": TINY,
}
SIMULATION = {"name": "random", "environment": "CartPole-v1", "policy": {"kind": "random"}, "episodes": 4}
NARROW = 360
WIDTHS = [(NARROW, "zh-CN"), (768, "en-US"), (1440, "zh-CN")]
COLORS_HAVE_CHANGED = """
new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))).then(() =>
  Promise.allSettled(
    document.getAnimations().filter((each) => each instanceof CSSTransition).map(({ finished }) => finished)))
"""
LISTS = (
    "/training",
    "/training/new",
    "/training/new?recipe=ppo",
    "/training/studies",
    "/inference",
    "/simulation",
    "/experiments",
    "/experiments/models",
    "/experiments/compare",
    "/agent",
    "/nowhere",
)


ACCOUNT = (
    "/o/{org}/members",
    "/o/{org}/projects",
    "/o/{org}/projects/{project_id}",
    "/o/{org}/service-accounts/{account_id}",
    "/o/{org}/usage",
    "/o/{org}/audit",
    "/settings",
    "/settings/security",
    "/settings/keys",
    "/admin",
    "/admin/people",
    "/admin/events",
    "/invitation",
    "/reset-password",
)


async def check(page: Page, where: str) -> None:
    """In both themes, the dark one put on while the page is there: to load it takes longer than to look at it."""
    await expect(page.locator(".animate-pulse[aria-hidden]:not(span)")).to_have_count(0)
    assert await overflow(page) <= 0, where
    assert await violations(page) == [], f"{where} light"
    await page.emulate_media(color_scheme="dark")
    await expect(page.locator("html")).to_have_css("color-scheme", "dark")
    await page.evaluate(COLORS_HAVE_CHANGED)
    assert await violations(page, RULES_OF_COLORS) == [], f"{where} dark"
    await page.emulate_media(color_scheme="light")


@pytest.mark.parametrize(("width", "language"), WIDTHS)
async def test_pages_of_accounts(
    visit: Visit, ada: Person, prepared: Prepared, web_app: FastAPI, width: int, language: str
) -> None:
    assert appoint(prepared.owner_url, ada.email)
    web_app.state.platform.credentials.forget()
    account = await ada.post(f"/orgs/{ada.org}/service-accounts", {"name": "nightly-evaluation-of-every-model"})
    await ada.post(f"/orgs/{ada.org}/invitations", {"email": "somebody.with.a.long.name@a.long.domain.example.org"})
    await ada.api_key("a key that somebody named after everything that it is for", scopes=["read", "inference"])
    quota = {"resource": "tokens_per_month", "soft": 1e9, "hard": 2e9, "user_id": str(ada.user_id)}
    assert (await ada.http.put(f"/api/v1/orgs/{ada.org}/quota", json=quota)).is_success
    names = {"org": ada.org, "project_id": ada.project_id, "account_id": account["id"]}
    visitor = await visit(width=width, language=language)
    page = visitor.page
    for path in ACCOUNT:
        await page.goto(visitor.address + path.format(**names))
        await page.get_by_role("heading", level=1).wait_for()
        await check(page, f"{path} {width} px")


@pytest.mark.parametrize(("width", "language"), WIDTHS)
async def test_pages(visit: Visit, desk: Desk, known_environments: list[str], width: int, language: str) -> None:
    visitor = await visit(width=width, language=language)
    # Empty lists are laid out alike at every width that is wider.
    empty = ("", *LISTS) if width == NARROW else ()
    for path in (*empty, *await _filled(visitor), *LISTS):
        page = await visitor.go(path)
        await check(page, f"{path or '/'} {width} px")


async def test_the_navigation_of_a_narrow_screen(visit: Visit) -> None:
    page = (await visit(width=NARROW)).page
    await page.get_by_role("button", name="Open the navigation").click()
    navigation = page.get_by_role("dialog").get_by_role("navigation", name="Places")
    await expect(navigation.get_by_role("link")).to_have_count(6)
    assert await violations(page) == []
    await navigation.get_by_role("link", name="Simulation").click()
    await expect(page.get_by_role("heading", level=1, name="Simulation")).to_be_visible()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_the_keyboard_skips_to_the_content(visit: Visit) -> None:
    page = (await visit()).page
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("main")).to_be_focused()


async def _filled(visitor: Visitor) -> list[str]:
    """Makes one of everything, with names that are long; the pages that show them."""
    ada = visitor.person
    run = await visitor.run(
        "a-name-that-somebody-made-from-every-parameter-learning-rate-0.003-decay-0.1", [3.0, "NaN"]
    )
    other = await visitor.run("another", [2.0, 1.0])
    job = await ada.post("/projects/default/training-jobs", TINY)
    study = await ada.post("/projects/default/studies", STUDY)
    simulation = await ada.post("/projects/default/simulations", SIMULATION)
    model = await ada.post("/projects/default/models", {"name": "tiny", "description": "on the standard library"})
    service = await ada.post("/projects/default/services", {"name": f"chat-{ada.org}"})
    return [
        "",
        *(f"/experiments/runs/{run}{tab}" for tab in ("", "?tab=params", "?tab=logs", "?tab=artifacts")),
        f"/experiments/runs/{job['run_id']}",
        f"/experiments/compare?runs=%5B%22{run}%22%2C%22{other}%22%5D",
        *(f"/training/jobs/{job['id']}{tab}" for tab in ("", "?tab=work", "?tab=logs")),
        f"/training/studies/{study['id']}",
        f"/simulation/{simulation['id']}",
        f"/experiments/models/{model['id']}",
        f"/inference/{service['id']}",
    ]
