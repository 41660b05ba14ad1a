"""Signing in by a provider, which sends the browser back to the address of the platform."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from app.config import Settings
from tests.fixtures.app import serving
from tests.fixtures.oidc import OidcProvider, corp, offering
from tests.web.conftest import OpenPage
from tests.web.door import Door
from tests.web.visitor import violations

pytestmark = pytest.mark.browser

GRACE = {"sub": "in-a-browser", "email": "grace@corp.example.org", "email_verified": True, "name": "Grace Hopper"}


@pytest.fixture
async def address(settings: Settings, oidc_provider: OidcProvider) -> AsyncIterator[str]:
    """Known before the application begins, which tells it to the provider."""
    door = Door()
    await door.open()
    async with offering(settings, corp(oidc_provider.issuer), url=door.address) as app, serving(app) as behind:
        door.lead(behind)
        yield door.address
        await door.shut()


async def test_a_provider_signs_somebody_in_or_does_not(
    open_page: OpenPage, address: str, oidc_provider: OidcProvider
) -> None:
    page = await open_page()
    oidc_provider.control(user=GRACE, fault="denied")
    await page.goto(f"{address}/p/default/training")
    await page.get_by_role("button", name="Continue with Corp").click()
    await expect(page.get_by_role("alert")).to_contain_text("did not sign you in")
    assert page.url == f"{address}/sign-in?problem=sign_in_denied"
    assert await violations(page) == []

    oidc_provider.control(fault="")
    await page.goto(f"{address}/p/default/training")
    await page.get_by_role("button", name="Continue with Corp").click()
    await expect(page.get_by_role("heading", level=1, name="Training")).to_be_visible()
    assert page.url == f"{address}/p/default/training"
    await page.goto(f"{address}/settings/security")
    await expect(page.get_by_text(GRACE["email"])).to_be_visible()
    await expect(page.get_by_text("Corp", exact=True)).to_be_visible()
