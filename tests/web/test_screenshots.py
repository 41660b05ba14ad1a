"""The pictures of the guide can be taken: a file for each page and language."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from scripts.screenshots import ENTRANCE, LISTS, ORGANIZATION, SETTINGS, take
from tests.fixtures.auth import PASSWORD, Person
from tests.web.conftest import Visit

pytestmark = pytest.mark.browser

SIGNATURE = b"\x89PNG"


async def test_every_page_has_its_picture(
    visit: Visit, chromium: Browser, served: str, ada: Person, tmp_path: Path
) -> None:
    visitor = await visit()
    for name in ("falling", "rising"):
        await visitor.run(name, [3.0, 2.0])
    credentials = {"email": ada.email, "password": PASSWORD, "org": ada.org, "project": "default"}
    taken = await take(chromium, served, credentials, tmp_path)
    names = {*LISTS, *ORGANIZATION, *SETTINGS, *ENTRANCE, "run", "run-artifacts", "compare"}
    assert {file.relative_to(tmp_path) for file in taken} == {
        Path(language, f"{name}.png") for language in ("en", "zh") for name in names
    }
    assert all(file.read_bytes().startswith(SIGNATURE) for file in taken)
