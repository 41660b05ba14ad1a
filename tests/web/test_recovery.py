"""With the server gone the page says so, keeps what it has, and goes on by itself."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from tests.web.conftest import Visit
from tests.web.door import Door

pytestmark = pytest.mark.browser


@pytest.fixture
async def door(served: str) -> AsyncIterator[Door]:
    made = Door(served)
    await made.open()
    yield made
    await made.shut()


async def test_a_page_outlives_its_server(visit: Visit, door: Door) -> None:
    visitor = await visit(door.address)
    page = visitor.page
    run_id = await visitor.run("steady", [3.0])
    curve = page.locator("figure[data-metric=loss]")
    await expect(curve).to_contain_text("step 0: 3")

    await door.shut()
    await expect(page.get_by_text("The platform does not answer.")).to_be_visible()
    await expect(curve).to_contain_text("step 0: 3")
    await expect(page.get_by_role("link", name="steady").first).to_be_visible()
    await visitor.log(run_id, 1, [2.0])

    await door.open()
    await expect(page.get_by_text("The platform does not answer.")).to_be_hidden()
    await expect(curve).to_contain_text("step 1: 2")


async def test_the_list_on_the_screen_is_read_again(visit: Visit, door: Door) -> None:
    visitor = await visit(door.address)
    page = await visitor.go("/experiments")
    await expect(page.get_by_text("No run yet")).to_be_visible()
    await door.shut()
    await expect(page.get_by_text("The platform does not answer.")).to_be_visible()
    await visitor.run("late", [1.0])
    await door.open()
    await expect(page.get_by_role("link", name="late")).to_be_visible()
